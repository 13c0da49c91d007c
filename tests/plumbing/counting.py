"""A process that carries out some commands and prints how many its metrics have counted."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from uuid import UUID

from housestaff.bootstrap.installation import Addresses, opened
from housestaff.features.schedules.commands import AnnotateDuty
from housestaff.plumbing import metrics
from housestaff.plumbing.settings import Settings
from tests.installed import Installed, known_people


def main() -> None:
    """Write so many notes on duties of a draft."""
    draft, times = UUID(sys.argv[1]), int(sys.argv[2])
    settings = Settings()
    assert settings.database_url is not None
    addresses = Addresses(settings.database_url.get_secret_value(), "", None)
    with opened(settings, addresses) as installation:
        programs, users, admin = known_people(installation)
        house = Installed(installation, addresses, Path(), admin, programs, users)
        for _ in range(times):
            house.do(AnnotateDuty(schedule_id=draft, duty_id="faculty_call.2025-07-31", text="a note"))
    counted = re.findall(r"^housestaff_commands_total\{.*\} (\S+)$", metrics.text().decode(), flags=re.MULTILINE)
    print(sum(map(float, counted)))


if __name__ == "__main__":
    main()
