"""What breaks the rules: found, kept on record, told, and accepted only by name and for a time."""
