"""What a state's law adds, in force only for programs that stand in that state."""
