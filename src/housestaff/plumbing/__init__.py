"""What carries the work: database, units of work, events, jobs, timers, audit, sign-in. It knows no law."""
