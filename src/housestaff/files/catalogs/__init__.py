"""What people of a specialty print in their grids, as data that a program may take over and change."""
