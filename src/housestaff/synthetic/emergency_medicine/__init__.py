"""Reference program C: an emergency medicine residency of 36 residents in the academic year 2025."""

from housestaff.synthetic.emergency_medicine.witness import program_c, reference_c

__all__ = ["program_c", "reference_c"]
