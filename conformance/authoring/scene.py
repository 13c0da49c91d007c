"""Turns the letters of a residency roster (D, S, O, K, N, H ...) into scenarios of dated spans.

Day numbers follow the tables: D1 is the first day of the block, day 0 the day before it, and the
day after the last one is n1. Times of day may pass 24:00, so "07:00-31:00" ends at 07:00 next day.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

Json = dict[str, Any]
ZONE = "America/Chicago"
TEXTS: dict[str, str] = json.loads((Path(__file__).parent / "texts.json").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Block:
    """One scheduling block: its number, its first date and how many days it has."""

    number: int
    first: date
    days: int = 28

    def day(self, number: int) -> date:
        """The date of day D<number> (0 is the day before the block)."""
        return self.first + timedelta(days=number - 1)

    @property
    def last(self) -> date:
        """The last date of the block."""
        return self.day(self.days)

    def following(self) -> "Block":
        """The block right after this one, again of 28 days."""
        return Block(self.number + 1, self.day(self.days + 1))

    def record(self) -> Json:
        """The block as the scenario names it."""
        return {"number": self.number, "first": self.first.isoformat(), "last": self.last.isoformat()}


REFERENCE = Block(2, date(2025, 7, 31))
MONDAY_BLOCK = Block(2, date(2025, 8, 4))
LONG_BLOCK = Block(2, date(2025, 7, 31), 30)
SHORT_BLOCK = Block(2, date(2025, 7, 31), 27)
AUTUMN_BLOCK = Block(5, date(2026, 10, 22))
SPRING_BLOCK = Block(9, date(2026, 2, 12))

WORK = ("in_house", "scheduled", "clinical")
LETTERS: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "D": ("rotation_day", ("07:00-19:00",), WORK),
    "S": ("rotation_day", ("07:00-17:00",), WORK),
    "O": ("in_house_call", ("17:00-31:00",), (*WORK, "in_house_call")),
    "A": ("clinic_half_day", ("08:00-12:00",), WORK),
    "P": ("clinic_half_day", ("13:00-17:00",), WORK),
    "C": ("clinic_half_day", ("08:00-12:00", "13:00-17:00"), WORK),
    "E": ("conference", ("08:00-10:00",), ("in_house", "scheduled", "education")),
    "K": ("in_house_call", ("07:00-31:00",), (*WORK, "in_house_call")),
    "N": ("night_float", ("19:00-31:00",), (*WORK, "night_float")),
    "H": ("home_call", ("17:00-32:00",), ("home_call",)),
    "M": ("moonlighting", ("18:00-24:00",), (*WORK, "moonlighting")),
}
FLAGS: dict[str, tuple[str, ...]] = {
    "rotation_day": WORK,
    "clinic_half_day": WORK,
    "emergency_shift": WORK,
    "in_house_call": (*WORK, "in_house_call"),
    "night_float": (*WORK, "night_float"),
    "home_call": ("home_call",),
    "conference": ("in_house", "scheduled", "education"),
    "moonlighting": (*WORK, "moonlighting"),
    "transition": ("in_house", "scheduled", "transition"),
}
UNITS = {
    "one_day_in_seven": "days",
    "one_day_in_seven_each_week": "days",
    "ny_one_day_each_week": "days",
    "days_off_after_call": "days",
    "six_in_a_row": "days",
    "every_third_night": "nights",
    "six_nights": "nights",
    "call_spacing": "nights",
    "home_call_rest": "nights",
}


def clock(day: date, text: str) -> str:
    """The local wall-clock moment of a time of day, which may lie past 24:00."""
    hours, minutes = (int(part) for part in text.split(":"))
    moment = datetime.combine(day, time()) + timedelta(hours=hours, minutes=minutes)
    return moment.isoformat(timespec="minutes")


def hm(hours: int, minutes: int = 0) -> int:
    """Hours and minutes as minutes."""
    return 60 * hours + minutes


def span(day: int, times: str, kind: str = "rotation_day", *, block: Block = REFERENCE, **more: Any) -> Json:
    """One duty with the times "07:00-19:00" of a day of the block; work="02:00-05:00" logs what was really worked."""
    start, end = times.split("-")
    record: Json = {"person": "R1", "kind": kind, "start": clock(block.day(day), start)}
    record |= {"end": clock(block.day(day), end), "flags": list(more.pop("flags", FLAGS[kind]))}
    worked = [piece.split("-") for piece in more.pop("work", "").split() if piece]
    if worked:
        record["work"] = [{"start": clock(block.day(day), a), "end": clock(block.day(day), b)} for a, b in worked]
    if kind == "home_call":
        record["counts"] = False
    return record | more


def put(letter: str, *days: int, block: Block = REFERENCE, **more: Any) -> list[Json]:
    """The duties of one letter on some days of the block."""
    kind, times, flags = LETTERS[letter]
    return [span(day, each, kind, block=block, flags=flags, **more) for day in days for each in times]


def every(letter: str, first: int, last: int, *but: int, block: Block = REFERENCE, **more: Any) -> list[Json]:
    """The duties of one letter on all days from first to last but the ones named."""
    return put(letter, *(day for day in range(first, last + 1) if day not in but), block=block, **more)


def spread(minutes: int, days: Iterable[int], *, block: Block = REFERENCE) -> list[Json]:
    """Exactly so many minutes of service, dealt evenly over the days from 06:00 on, the rest on the last day."""
    chosen = list(days)
    share, rest = divmod(minutes, len(chosen))
    duties: list[Json] = []
    for index, day in enumerate(chosen):
        length = share + (rest if index == len(chosen) - 1 else 0)
        end = 6 * 60 + length
        duties.append(span(day, f"06:00-{end // 60:02d}:{end % 60:02d}", block=block))
    return duties


def handoff(day: int, times: str, *, block: Block = REFERENCE, **more: Any) -> Json:
    """Handoff after a call: a transition without new patients."""
    return span(day, times, "transition", block=block, **more)


def away(first: int, last: int, *, half: str | None = None, block: Block = REFERENCE) -> Json:
    """Approved vacation from one day of the block to another."""
    dates = {"from": block.day(first).isoformat(), "to": block.day(last).isoformat()}
    return {"person": "R1", "kind": "vacation", **dates, "half": half}


def want(rule: str, verdict: str, amount: int | None = None, limit: int | None = None, **more: Any) -> Json:
    """One expected result; dates are given as first=date, last=date."""
    expected: Json = {"rule": rule, "person": "R1"}
    for key, name in (("first", "from"), ("last", "to")):
        if key in more:
            expected[name] = more.pop(key).isoformat()
    expected["verdict"] = verdict
    if amount is not None:
        expected["amount"] = amount
    if limit is not None:
        expected["limit"] = limit
    if amount is not None or limit is not None or "low" in more:
        expected["unit"] = UNITS.get(rule, "minutes")
    return expected | more


@dataclass(frozen=True)
class Frame:
    """What a roster row takes for granted: the block, how far knowledge reaches, the person's level."""

    block: Block = REFERENCE
    next_block: bool = False
    history: int = 0
    ahead: int = 0
    halves: int | None = None
    reading: str = "plan"
    level: str = "PGY-2"
    level_from: str = "2024-07-01"

    def blocks(self) -> list[Block]:
        """The block judged and, where an edge matters, the next one."""
        return [self.block, self.block.following()] if self.next_block else [self.block]

    def stints(self) -> list[Json]:
        """Rotation X all the time, or X and then Y after day `halves`."""
        last = self.blocks()[-1].last
        if self.halves is None:
            return [stint("X", self.block.first, last)]
        return [
            stint("X", self.block.first, self.block.day(self.halves)),
            stint("Y", self.block.day(self.halves + 1), last),
        ]


def stint(rotation: str, first: date, last: date) -> Json:
    """The resident's stay on one rotation."""
    return {"person": "R1", "rotation": rotation, "first": first.isoformat(), "last": last.isoformat()}


def roster(name: str, duties: list[Json], expect: list[Json], frame: Frame | None = None, **more: Any) -> Json:
    """A scenario of kind "roster"; keyword arguments are further fields of the scenario (leave, packs ...)."""
    frame = frame or Frame()
    last = frame.blocks()[-1].last
    judge: list[str] = more.pop("judge", None) or list(dict.fromkeys(entry["rule"] for entry in expect))
    complete_from = frame.block.day(1 - frame.history)
    person: Json = {"id": "R1", "kind": "resident"}
    person["levels"] = [{"level": frame.level, "from": frame.level_from, "to": None}]
    scenario: Json = {"name": name, "kind": "roster", "reading": frame.reading, "zone": ZONE, "settings": {}}
    scenario |= {"blocks": [block.record() for block in frame.blocks()]}
    complete_to = last + timedelta(days=frame.ahead)
    scenario["complete"] = {"from": complete_from.isoformat(), "to": complete_to.isoformat()}
    scenario |= {"people": [person], "stints": frame.stints()}
    scenario["rotations"] = [{"code": code} for code in dict.fromkeys(s["rotation"] for s in scenario["stints"])]
    scenario |= {"duties": sorted(duties, key=lambda duty: (duty["start"], duty["end"])), "leave": []}
    return scenario | more | {"judge": judge, "expect": expect}


def case(name: str, *variants: Json, text: str = "") -> Json:
    """One row of a table with its scenarios; a row beyond the tables brings its own text."""
    return {"id": name, "text": text or TEXTS[name], "variants": list(variants)}
