"""Realistic programs made from a seed, with planted defects and the list of them."""
