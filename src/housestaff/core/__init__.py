"""The nouns of a residency program, in plain Python that reads and writes nothing."""
