"""Bytes to core values and back, and nothing else."""
