"""Flags are stored, versioned and told; only declared ones can be tuned, and only by admins."""

from __future__ import annotations

import pytest

from housestaff.core.errors import BadInput, NotAllowed, Stale
from housestaff.features.flags.commands import TuneFlag
from tests.installed import Installed


def test_a_flag_is_tuned_and_told(house: Installed) -> None:
    assert house.do(TuneFlag(key="swaps.ring", facts={"enabled": True}), "admin") == 1
    assert house.do(TuneFlag(key="swaps.ring", facts={"enabled": False}, version=1), "admin") == 2
    assert house.rows("SELECT facts, version FROM flag") == [{"facts": {"enabled": False}, "version": 2}]
    assert house.value("SELECT count(*) FROM event WHERE type = 'flag.changed'") == 2


def test_somebody_who_saw_an_older_version_is_refused(house: Installed) -> None:
    house.do(TuneFlag(key="swaps.ring", facts={"enabled": True}), "admin")
    with pytest.raises(Stale):
        house.do(TuneFlag(key="swaps.ring", facts={"enabled": False}), "admin")


def test_an_undeclared_flag_and_a_coordinator_are_refused(house: Installed) -> None:
    with pytest.raises(BadInput, match=r"swaps\.ring"):
        house.do(TuneFlag(key="swaps.rings", facts={}), "admin")
    with pytest.raises(NotAllowed):
        house.do(TuneFlag(key="swaps.ring", facts={}), "coordinator")
