"""What somebody wishes: which mails, at what hours, in which zone and language. The notice in the app always comes."""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa
from babel import Locale, UnknownLocaleError

from housestaff.core.errors import BadInput, NotFound
from housestaff.core.time import Zone
from housestaff.features.accounts.store import APP_USER
from housestaff.features.notices.commands import SetPreferences
from housestaff.features.notices.model import EMAIL, TYPES
from housestaff.features.notices.when import QUIET
from housestaff.plumbing.bus import handles
from housestaff.plumbing.unit import Unit

_HOURS = re.compile(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d")


def preferences(unit: Unit) -> dict[str, Any]:
    """The wishes of the asker, with what holds where they said nothing."""
    row = _mine(unit)
    return {
        "locale": row.locale,
        "zone": row.preferences.get("zone"),
        "quiet_hours": row.preferences.get("quiet_hours") or QUIET,
        "email_off": sorted(row.preferences.get("email_off") or []),
        "types": sorted(kind.name for kind in TYPES.values() if EMAIL in kind.channels and not kind.ignores_wishes),
    }


@handles(SetPreferences)
def set_preferences(ask: SetPreferences, unit: Unit) -> None:
    """The wishes hold from the next notice on."""
    row, values = _mine(unit), dict(ask.values)
    for key, check in _CHECKS.items():
        if values.get(key) is not None:
            check(values[key])
    kept = {key: value for key, value in {**row.preferences, **values}.items() if key != "locale" and value is not None}
    locale = values.get("locale") or row.locale
    unit.connection.execute(
        APP_USER.update().where(APP_USER.c.user_id == unit.request.user_id).values(preferences=kept, locale=locale)
    )
    before = {**row.preferences, "locale": row.locale}
    changes = {key: [before.get(key), value] for key, value in values.items() if before.get(key) != value}
    unit.is_about("user", unit.request.user_id, changes=changes)


def _mine(unit: Unit) -> Any:
    asked = sa.select(APP_USER.c.locale, APP_USER.c.preferences).where(APP_USER.c.user_id == unit.request.user_id)
    row = unit.connection.execute(asked).one_or_none()
    if row is None:
        raise NotFound("Nobody is signed in.")
    return row


def _check_locale(locale: str) -> None:
    try:
        Locale.parse(locale, sep="-")
    except (UnknownLocaleError, ValueError) as error:
        raise BadInput(f"'{locale}' is no language.", place="locale", remedy="Such as en, es or es-MX.") from error


def _check_zone(zone: str) -> None:
    Zone(zone)


def _check_hours(hours: str) -> None:
    if not _HOURS.fullmatch(hours):
        raise BadInput(f"'{hours}' are no hours.", place="quiet_hours", remedy="Such as 22:00-07:00.")


def _check_types(types: list[str]) -> None:
    for name in types:
        kind = TYPES.get(name)
        if kind is None or EMAIL not in kind.channels:
            raise BadInput(f"no mail is called '{name}'.", place="email_off", remedy="Choose from `types`.")
        if kind.ignores_wishes:
            raise BadInput(f"mails about {name} cannot be switched off.", place="email_off", remedy="Leave it out.")


_CHECKS: dict[str, Any] = {
    "locale": _check_locale, "zone": _check_zone, "quiet_hours": _check_hours, "email_off": _check_types,
}  # fmt: skip
