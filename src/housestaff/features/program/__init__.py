"""The program as data: people, rotations, requirements, demand, calendar, policy; stored as its file says it."""
