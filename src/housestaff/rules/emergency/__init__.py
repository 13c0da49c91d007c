"""What emergency medicine asks of shifts beyond the common requirements."""
