"""What a program enters beside its lists: wishes, balances, supervision, exceptions, stays and approvals."""

from __future__ import annotations

from housestaff.core.leave import Balance
from housestaff.core.program import Approval, HourException, StayByChoice
from housestaff.core.supervision import Supervision, SupervisionNeed, SupervisionPool
from housestaff.core.wishes import Wish, WishKind
from housestaff.files.kinds import DAY, INTEGER, NUMBER, TEXT, TRUTH, many, one_of
from housestaff.files.records import Record

WISH = Record(
    Wish,
    {
        "person": ("person", TEXT),
        "kind": ("kind", one_of(WishKind)),
        "what": ("what", TEXT),
        "rank": ("rank", INTEGER),
    },
)
BALANCE = Record(
    Balance,
    {
        "person": ("person", TEXT),
        "ledger": ("ledger", TEXT),
        "year": ("year", INTEGER),
        "used": ("used", NUMBER),
        "reason": ("reason", TEXT),
    },
)
SUPERVISION = Record(
    SupervisionNeed,
    {
        "level": ("level", TEXT),
        "activity": ("activity", TEXT),
        "least": ("least", one_of(Supervision, by_name=True)),
        "first_months": ("first_months", INTEGER),
    },
)
SUPERVISION_POOL = Record(
    SupervisionPool,
    {"where": ("where", TEXT), "by": ("by", many(TEXT)), "gives": ("gives", one_of(Supervision, by_name=True))},
)
HOUR_EXCEPTION = Record(
    HourException,
    {
        "rotation": ("rotation", TEXT),
        "weekly_hours": ("weekly_hours", INTEGER),
        "from": ("first", DAY),
        "to": ("last", DAY),
        "letter": ("letter", DAY),
        "gmec": ("gmec", DAY),
        "dio": ("dio", DAY),
    },
)
STAY = Record(
    StayByChoice,
    {
        "person": ("person", TEXT),
        "day": ("day", DAY),
        "minutes": ("minutes", INTEGER),
        "reason": ("reason", TEXT),
        "handed_off": ("handed_off", TRUTH),
        "own_initiative": ("own_initiative", TRUTH),
    },
)
APPROVAL = Record(
    Approval, {"kind": ("kind", TEXT), "person": ("person", TEXT), "from": ("first", DAY), "to": ("last", DAY)}
)
