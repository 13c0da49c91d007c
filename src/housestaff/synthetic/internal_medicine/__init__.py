"""Reference program B: an internal medicine residency of 156 residents, four weeks of service and one of clinic."""

from housestaff.synthetic.internal_medicine.witness import program_b, reference_b

__all__ = ["program_b", "reference_b"]
