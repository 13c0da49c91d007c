"""Invented names that look invented, each only once in a program."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

_GIVEN = [
    "Amberly",
    "Bexley",
    "Corvina",
    "Dorrit",
    "Elowen",
    "Fennimore",
    "Galliard",
    "Hesper",
    "Ignatia",
    "Juniper",
    "Kestrel",
    "Larkin",
    "Marlowe",
    "Nimue",
    "Orrin",
    "Peregrin",
    "Quill",
    "Rosalba",
    "Saffron",
    "Tamsin",
    "Ulric",
    "Verity",
    "Wystan",
    "Xanthe",
    "Yarrow",
    "Zephyrin",
    "Alder",
    "Briony",
    "Caspian",
    "Damaris",
    "Evander",
    "Florian",
    "Gwendal",
    "Hollis",
    "Isaura",
    "Jessamy",
    "Kerenza",
    "Linnet",
    "Merrick",
    "Nolwenn",
    "Osric",
    "Philippa",
    "Rowan",
    "Sorrel",
    "Thaddea",
]
_START = [
    "Amber",
    "Bracken",
    "Cobble",
    "Dapple",
    "Elder",
    "Fennel",
    "Gossamer",
    "Hazel",
    "Ivory",
    "Jasper",
    "Kettle",
    "Lantern",
    "Marrow",
    "Nettle",
    "Ocean",
    "Pebble",
    "Quiver",
    "Raven",
    "Silver",
    "Thistle",
    "Umber",
    "Velvet",
    "Willow",
    "Yonder",
    "Zinnia",
]
_END = [
    "fold",
    "by",
    "wick",
    "stead",
    "thwaite",
    "mere",
    "combe",
    "hurst",
    "ley",
    "garth",
    "worth",
    "brook",
    "dale",
    "ridge",
]


def invented_names(dice: Random) -> Iterator[tuple[str, str]]:
    """Given name and surname of one person after another; no surname comes twice."""
    surnames = [start + end for start in _START for end in _END]
    dice.shuffle(surnames)
    given = list(_GIVEN)
    dice.shuffle(given)
    for number, surname in enumerate(surnames):
        yield given[number % len(given)], surname
