"""The known word nearest to an unknown one: most wrong words are slips of the finger."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that looks most like this one; nothing where none does."""
    words = {name.lower(): name for name in known}
    found = get_close_matches(word.strip().lower(), words, n=1, cutoff=0.6)
    return words[found[0]] if found else None


def nearest_of(word: str, known: Iterable[str]) -> str:
    """A remedy: the nearest known word, or the list of all."""
    names = list(known)
    guess = nearest(word, names)
    if guess:
        return f"Did you mean '{guess}'?"
    shown = ", ".join(sorted(names)[:30]) + (" ..." if len(names) > 30 else "")
    return f"Known: {shown}."
