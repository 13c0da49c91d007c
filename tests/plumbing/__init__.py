"""Tests of what carries the work."""
