"""The ways into the house, which decide nothing."""
