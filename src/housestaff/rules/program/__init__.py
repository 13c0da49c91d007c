"""What a program promises over the year: required rotations, their order, clinic and graduation."""
