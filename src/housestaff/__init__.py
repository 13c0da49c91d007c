"""Housestaff schedules medical residency programs within the rules they live by."""
