"""Housestaff schedules medical residency programs within the rules they live by."""

__version__ = "0.1.0"
