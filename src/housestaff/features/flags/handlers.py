"""The commands of flags, carried out."""

from __future__ import annotations

from housestaff.core.errors import BadInput
from housestaff.core.events import FlagChanged
from housestaff.features.flags.commands import TuneFlag
from housestaff.features.flags.model import DECLARED
from housestaff.features.flags.store import Flags
from housestaff.plumbing.bus import handles
from housestaff.plumbing.unit import Unit


@handles(TuneFlag)
def tune_flag(ask: TuneFlag, unit: Unit, flags: Flags) -> int:
    """The flag is tuned so from now on."""
    if ask.key not in DECLARED:
        raise BadInput(f"'{ask.key}' is no flag.", place="key", remedy=f"Declared are {', '.join(DECLARED)}.")
    version = flags.tune(ask.key, ask.facts, version=ask.version)
    unit.is_about("flag", ask.key, version=version, changes={"facts": "changed"})
    unit.tell(FlagChanged(key=ask.key, action="tuned", fields=tuple(sorted(ask.facts))))
    return version
