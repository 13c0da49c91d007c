"""The rooms, stacked in the order of the story: who we are, when we cannot, who works when, who must know."""
