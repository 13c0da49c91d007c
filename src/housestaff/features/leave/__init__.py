"""When we cannot: the records of leave."""
