"""What must hold for a roster to be possible at all: one duty at a time, never on leave, qualified, supervised."""
