"""What makes a lawful roster a fair one: even calls, weekends and holidays, and wishes that are honored."""
