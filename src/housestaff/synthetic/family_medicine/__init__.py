"""Reference program A: a family medicine residency of 17 residents and 12 faculty in the academic year 2025."""

from housestaff.synthetic.family_medicine.program import history_a
from housestaff.synthetic.family_medicine.witness import program_a, reference_a

__all__ = ["history_a", "program_a", "reference_a"]
