"""`python -m housestaff` is the command line."""

from housestaff.doors.cli import main

if __name__ == "__main__":
    main()
