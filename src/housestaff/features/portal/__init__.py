"""What a person opens first: their own year, their coming weeks."""
