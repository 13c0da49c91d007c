"""Random roster scenarios in the suite's own format, for comparing judges with one another.

Rosters are made the way chief residents make them: runs of service days, night float weeks, calls with handoff,
at-home call, clinic weeks, a few odd times, leave down to half-days, block edges and clock changes.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

Json = dict[str, Any]
WORK = ["in_house", "scheduled", "clinical"]
# Letter: kind, spans as (start, end) in minutes after midnight, flags.
LETTERS: dict[str, tuple[str, tuple[tuple[int, int], ...], list[str]]] = {
    "D": ("rotation_day", ((420, 1140),), WORK),
    "S": ("rotation_day", ((420, 1020),), WORK),
    "O": ("in_house_call", ((1020, 1860),), [*WORK, "in_house_call"]),
    "A": ("clinic_half_day", ((480, 720),), WORK),
    "P": ("clinic_half_day", ((780, 1020),), WORK),
    "C": ("clinic_half_day", ((480, 720), (780, 1020)), WORK),
    "E": ("conference", ((480, 600),), ["in_house", "scheduled", "education"]),
    "K": ("in_house_call", ((420, 1860),), [*WORK, "in_house_call"]),
    "N": ("night_float", ((1140, 1860),), [*WORK, "night_float"]),
    "H": ("home_call", ((1020, 1920),), ["home_call"]),
    "M": ("moonlighting", ((1080, 1440),), [*WORK, "moonlighting"]),
    "X": ("emergency_shift", ((420, 1020),), WORK),
    "Y": ("emergency_shift", ((900, 1380),), WORK),
}
# First dates of two blocks of 28 days: plain ones, one with the spring and one with the autumn clock change.
STARTS = (date(2025, 7, 31), date(2025, 9, 25), date(2026, 2, 12), date(2025, 10, 23), date(2026, 10, 8))
STYLES: dict[str, tuple[str, ...]] = {
    "ward": ("D", "D", "D", "D", "D", "S", ".", "K", "SO"),
    "nights": ("N", "N", "N", "N", "N", ".", "."),
    "calls": ("K", ".", "D", "D", "K", ".", "DN"),
    "clinic": ("C", "C", "EP", "A", "C", ".", "."),
    "at_home": ("DH", "H", "H", "D", ".", "CH"),
    "mixed": ("D", "S", "K", "N", "H", "C", ".", ".", "SM", "EP", "D"),
    "emergency": ("X", "X", "Y", "Y", ".", "XE", "."),
}
RULES = [
    "eighty_hours",
    "eight_hours_between",
    "fourteen_after_call",
    "one_day_in_seven",
    "twenty_four_hours",
    "four_more_hours",
    "every_third_night",
    "no_first_year_moonlighting",
    "six_nights",
    "six_in_a_row",
    "leave_worked",
]


@dataclass(frozen=True)
class Plan:
    """The dates of one random roster and its blocks."""

    first: date
    blocks: tuple[tuple[date, date], ...]

    @property
    def last(self) -> date:
        """The last date of the last block."""
        return self.blocks[-1][1]

    def dates(self) -> list[date]:
        """All dates of all blocks."""
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]


def moment(when: date, minute: int) -> str:
    """A local wall-clock moment so many minutes after midnight."""
    return (datetime.combine(when, time()) + timedelta(minutes=minute)).isoformat(timespec="minutes")


def nonexistent(text: str) -> bool:
    """Whether a moment lies in the hour that a spring clock change leaves out, or in the one repeated in autumn."""
    return text[:13] in ("2026-03-08T02", "2025-11-02T01", "2026-11-01T01")


def duties_of(when: date, letters: str) -> list[Json]:
    """The duties of one day's letters."""
    found: list[Json] = []
    for letter in letters.replace(".", "").replace("L", ""):
        kind, spans, flags = LETTERS[letter]
        for start, end in spans:
            found.append(duty(when, kind, start, end, flags))
    return found


def duty(when: date, kind: str, start: int, end: int, flags: list[str]) -> Json:
    """One duty record; at-home call itself does not count."""
    record: Json = {"person": "R1", "kind": kind, "start": moment(when, start), "end": moment(when, end)}
    record["flags"] = list(flags)
    return record | {"counts": False} if kind == "home_call" else record


def random_plan(random: Random) -> Plan:
    """One or two blocks of 13 to 31 days."""
    first = random.choice(STARTS)
    lengths = random.choice(((28,), (28, 28), (30,), (27, 28), (14, 14), (31, 31), (28, 13), (35,), (21, 7)))
    blocks: list[tuple[date, date]] = []
    start = first
    for length in lengths:
        blocks.append((start, start + timedelta(days=length - 1)))
        start += timedelta(days=length)
    return Plan(first, tuple(blocks))


def random_letters(random: Random, plan: Plan) -> list[tuple[date, str]]:
    """Letters for each date: one style a week or two, with the day after a call mostly left free."""
    letters: list[tuple[date, str]] = []
    style = random.choice(list(STYLES))
    for number, when in enumerate([plan.first - timedelta(days=1), *plan.dates(), plan.last + timedelta(days=1)]):
        if number % 7 == 0 and random.random() < 0.5:
            style = random.choice(list(STYLES))
        today = random.choice(STYLES[style])
        after = letters[-1][1] if letters else "."
        if after[-1] in "KON" and today[0] not in "NH." and random.random() < 0.85:
            today = "N" if after[-1] == "N" else "."
        letters.append((when, today))
    return letters


def handoff_after(random: Random, when: date) -> list[Json]:
    """Something after a call's 24 hours: handoff of an odd length, a conference, or a new patient."""
    flags = ["in_house", "scheduled", "transition"]
    choice = random.random()
    if choice < 0.5:
        return [duty(when, "transition", 1860, 1860 + random.choice((30, 120, 240, 240, 241, 300)), flags)]
    if choice < 0.7:
        return [duty(when, "conference", 1920, 1920 + random.choice((60, 120, 180, 210)), [*flags[:2], "education"])]
    if choice < 0.75:
        return [duty(when, "transition", 1860, 1980, [*flags, "new_patients"])]
    return []


def odd_times(random: Random, duties: list[Json]) -> list[Json]:
    """Shift the start or the end of some service days by odd minutes."""
    found: list[Json] = []
    for record in duties:
        moved = dict(record)
        if record["kind"] in ("rotation_day", "emergency_shift") and random.random() < 0.15:
            key = random.choice(("start", "end"))
            minutes = random.choice((-301, -241, -240, -60, -59, -1, 1, 59, 60, 61, 119, 180, 240))
            shifted = (datetime.fromisoformat(record[key]) + timedelta(minutes=minutes)).isoformat(timespec="minutes")
            moved[key] = record[key] if nonexistent(shifted) else shifted
        found.append(moved if moved["start"] < moved["end"] else record)
    return found


def random_leave(random: Random, plan: Plan) -> list[Json]:
    """A leave of a half-day, some days, a week or a workweek."""
    leave: list[Json] = []
    for _ in range(random.choice((0, 0, 1, 1, 2))):
        start = random.choice(plan.dates())
        length = random.choice((1, 1, 2, 5, 7, 14))
        if length == 5:
            start -= timedelta(days=start.weekday())
        half = random.choice((None, "AM", "PM")) if length == 1 else None
        end = start + timedelta(days=length - 1)
        leave.append(
            {"person": "R1", "kind": "vacation", "from": start.isoformat(), "to": end.isoformat(), "half": half}
        )
    return leave


def without_work_on(random: Random, duties: list[Json], leave: list[Json]) -> list[Json]:
    """Take most duties off the leave days; the ones that stay make put-back halves."""
    return [
        record
        for record in duties
        if random.random() < 0.1
        or not any(each["from"] <= record["start"][:10] <= each["to"] and each["half"] is None for each in leave)
    ]


def called_in(random: Random, duties: list[Json]) -> list[Json]:
    """Log work inside some at-home calls."""
    found: list[Json] = []
    for each in duties:
        record = each
        if record["kind"] == "home_call" and random.random() < 0.4:
            start = datetime.fromisoformat(record["start"]) + timedelta(minutes=random.choice((0, 150, 300, 780, 840)))
            end = start + timedelta(minutes=random.choice((30, 60, 45)))
            piece = {"start": start.isoformat(timespec="minutes"), "end": end.isoformat(timespec="minutes")}
            if not any(nonexistent(text) for text in piece.values()):
                record = record | {"work": [piece]}
        found.append(record)
    return found


def random_stints(random: Random, plan: Plan) -> list[Json]:
    """Whole blocks, half-blocks, or a few odd days on another rotation."""
    stints: list[Json] = []
    for first, last in plan.blocks:
        days = (last - first).days + 1
        cut = random.choice((0, 0, 14, 3, 7, 10, days - 5))
        names = random.choice((("X", "Y"), ("X", "X"), ("Y", "X")))
        parts = (
            [(names[0], first, last)]
            if not 0 < cut < days
            else [(names[0], first, first + timedelta(days=cut - 1)), (names[1], first + timedelta(days=cut), last)]
        )
        stints += [
            {"person": "R1", "rotation": code, "first": start.isoformat(), "last": end.isoformat()}
            for code, start, end in parts
        ]
    return stints


def random_settings(random: Random) -> Json:
    """Mostly the defaults; sometimes one or two of the choices."""
    choices: list[Json] = [
        {"short_segments": "alone"},
        {"free_days_rounding": "ceil"},
        {"count_weekend_beside_leave": True},
        {"clock_change": "elapsed"},
        {"join_gap_minutes": 30},
        {"spill_counts": False},
        {"day_off_basis": "calendar_day"},
    ]
    settings: Json = {}
    for _ in range(random.choice((0, 0, 0, 1, 2))):
        settings |= random.choice(choices)
    return settings


def unknown_days(random: Random, duties: list[Json]) -> list[Json]:
    """In a few rosters nobody knows whether some service days are worked."""
    if random.random() < 0.7:
        return duties
    return [
        record | {"certainty": "unknown"} if record["kind"] == "rotation_day" and random.random() < 0.25 else record
        for record in duties
    ]


def random_duties(random: Random, plan: Plan, leave: list[Json]) -> list[Json]:
    """The whole roster: letters, handoffs, odd times, called-in work, unknown days."""
    duties: list[Json] = []
    for when, letters in random_letters(random, plan):
        duties += duties_of(when, letters)
        if letters[-1] in "KO" and random.random() < 0.5:
            duties += handoff_after(random, when)
    duties = odd_times(random, without_work_on(random, duties, leave))
    duties = unknown_days(random, called_in(random, duties))
    return sorted(duties, key=lambda record: (record["start"], record["end"], record["kind"]))


def random_scenario(random: Random) -> Json:
    """One random scenario of kind "roster", without expectations; it is known from a day before to a day after."""
    plan = random_plan(random)
    leave = random_leave(random, plan)
    level = random.choice(("PGY-1", "PGY-2", "PGY-3"))
    people = [{"id": "R1", "kind": "resident", "levels": [{"level": level, "from": "2024-07-01", "to": None}]}]
    known = (plan.first - timedelta(days=1), plan.last + timedelta(days=1))
    blocks = [
        {"number": number, "first": first.isoformat(), "last": last.isoformat()}
        for number, (first, last) in enumerate(plan.blocks, start=2)
    ]
    return {
        "name": "random roster",
        "kind": "roster",
        "reading": random.choice(("plan", "log")),
        "zone": "America/Chicago",
        "settings": random_settings(random),
        "blocks": blocks,
        "complete": {"from": known[0].isoformat(), "to": known[1].isoformat()},
        "people": people,
        "stints": random_stints(random, plan),
        "rotations": [{"code": "X"}, {"code": "Y"}],
        "duties": random_duties(random, plan, leave),
        "leave": leave,
        "judge": list(RULES),
        "expect": [],
    }
