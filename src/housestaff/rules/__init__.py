"""The law as data that can be read many ways: one file, one rule."""
