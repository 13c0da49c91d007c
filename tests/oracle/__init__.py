"""A brute-force oracle for the work-hour rules: minute by minute, slow on purpose, written from the text alone."""
