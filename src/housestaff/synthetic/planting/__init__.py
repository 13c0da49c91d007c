"""Planting defects into a witness: each one an edit with a line of the manifest that says what must be found."""
