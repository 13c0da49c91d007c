"""The faults of the contract, run on every consumer, job and timer of the tables."""
