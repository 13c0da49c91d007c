"""Who must know: notices, their words, and their deliveries."""
