"""A process that dies by SIGKILL at a chosen point: after a commit, or inside a consumer, before or after its effect.

Run as `python -m tests.faults.dying act NAME`, `worker NAME before|after`, `mail before|after`, `timer before|after`,
`artifact`, or `slow NAME SECONDS` for one that only takes its time.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from threading import Event
from typing import Any, NoReturn

from housestaff.bootstrap.installation import Addresses, Installation, opened
from housestaff.core.command import Command
from housestaff.plumbing.artifacts import Artifacts, File
from housestaff.plumbing.mail import Mail, MailServer
from housestaff.plumbing.settings import Settings
from housestaff.plumbing.unit import Unit
from tests.faults.recipes import CONSUMERS
from tests.installed import Installed, known_people


def die() -> NoReturn:
    """End this process as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise SystemExit


def act(installation: Installation, addresses: Addresses, name: str) -> None:
    """Carry out a recipe's act and die right after its commit."""
    programs, users, admin = known_people(installation)
    house = Installed(installation, addresses, installation.settings.data_folder, admin, programs, users)
    CONSUMERS[name].act(house)
    die()


def work(installation: Installation, name: str, when: str) -> None:
    """Work, and die inside a consumer: before its effect, or after it and before its done mark."""
    house = installation.house
    house.consumers = tuple(
        replace(each, react=_dying(each.react, when)) if each.name == name else each for each in house.consumers
    )
    asyncio.run(installation.jobs.work(asyncio.Event()))


def drag(installation: Installation, name: str, seconds: float) -> None:
    """Work, with one consumer that takes its time."""
    house = installation.house

    def dragged(react: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(react)
        def run(*given: Any, **more: Any) -> Any:
            Event().wait(seconds)
            return react(*given, **more)

        return run

    house.consumers = tuple(
        replace(each, react=dragged(each.react)) if each.name == name else each for each in house.consumers
    )
    asyncio.run(installation.jobs.work(asyncio.Event()))


def send(installation: Installation, when: str) -> None:
    """Work, and die around the sending of a mail: before it leaves, or after the server took it."""
    real = MailServer.send

    def dying(self: MailServer, mail: Mail) -> None:
        if when == "after":
            real(self, mail)
        die()

    MailServer.send = dying
    asyncio.run(installation.jobs.work(asyncio.Event()))


def keep(installation: Installation) -> None:
    """Work, and die when a file of a report is in the store and its row is not committed."""
    real = Artifacts.put

    def dying(self: Artifacts, file: File) -> NoReturn:
        real(self, file)
        die()

    Artifacts.put = dying
    asyncio.run(installation.jobs.work(asyncio.Event()))


def fire(installation: Installation, when: str) -> None:
    """Work, and die while a timer fires: before its command, or after its effect and before the commit."""
    house = installation.house
    real = house.carry_out

    def dying(ask: Command, unit: Unit) -> Any:
        if unit.role != "timer":
            return real(ask, unit)
        if when == "after":
            real(ask, unit)
        die()

    house.carry_out = dying
    asyncio.run(installation.jobs.work(asyncio.Event()))


def _dying(react: Callable[..., Any], when: str) -> Callable[..., Any]:
    @wraps(react)
    def dying(*given: Any, **more: Any) -> None:
        if when == "after":
            react(*given, **more)
        die()

    return dying


def main() -> None:
    """Do as the command line says."""
    what, name, *more = (*sys.argv[1:], "")
    settings = Settings()
    assert settings.database_url is not None
    assert settings.database_owner_url is not None
    addresses = Addresses(
        settings.database_url.get_secret_value(), settings.database_owner_url.get_secret_value(), None
    )
    with opened(settings, addresses) as installation:
        if what == "act":
            act(installation, addresses, name)
        elif what == "slow":
            drag(installation, name, float(more[0]))
        elif what == "mail":
            send(installation, name)
        elif what == "artifact":
            keep(installation)
        elif what == "timer":
            fire(installation, name)
        else:
            work(installation, name, more[0])


if __name__ == "__main__":
    main()
