"""Building, repairing and explaining rosters; the only place that knows a solver."""
