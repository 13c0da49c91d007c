"""Calendars for phones: what is published and approved, read by whoever has a person's link."""
