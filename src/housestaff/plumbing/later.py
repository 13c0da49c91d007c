"""Work for later: reactions to what has happened, timers, periodic jobs, and what is given up; each with its mark."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from time import perf_counter
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from structlog.contextvars import bound_contextvars

from housestaff.core.command import Command
from housestaff.plumbing import counts, dead_letters, metrics, outbox, timers
from housestaff.plumbing.bus import House
from housestaff.plumbing.crypto import Sealer
from housestaff.plumbing.jobs import GivenUp, JobKind, Poison
from housestaff.plumbing.log import logger
from housestaff.plumbing.outbox import Consumer, Occurred
from housestaff.plumbing.periodic import Periodic, begin, bury, take_slot, unbury
from housestaff.plumbing.registry import Undecodable
from housestaff.plumbing.retry import standard
from housestaff.plumbing.timers import Due
from housestaff.plumbing.unit import Request, Unit


class Later:
    """What the workers of an installation do."""

    def __init__(
        self,
        house: House,
        sealer: Sealer,
        *,
        timers: Mapping[str, Callable[[Due], Command]],
        jobs: Sequence[JobKind],
        periodic: Sequence[Periodic],
    ) -> None:
        """Declare the work of a house: its dispatches, timers and periodic jobs, and the jobs of its rooms."""
        self._house, self.sealer, self._timers, self._periodic = house, sealer, timers, periodic
        retry = standard(house.jobs.settings.retry_first_seconds)
        kinds = (
            JobKind("dispatch", self.react, retry, lambda arguments: str(arguments["consumer"])),
            *(
                replace(kind, run=self._followed(kind))
                for kind in (
                    JobKind("timer", self.fire, retry),
                    JobKind("periodic", self.run_slot, retry, bury=bury, unbury=unbury),
                    *jobs,
                )
            ),
        )
        lanes = [f"dispatch:{name}" for name in house.durable]
        house.jobs.declare(kinds, lanes, give_up=self.give_up, again=self.again, tick=self.tick)
        metrics.allow("job", [kind.name for kind in kinds])
        metrics.allow("consumer", [*house.durable, *(kind.name for kind in kinds)])

    def react(self, program_id: str, event_id: str, consumer: str) -> None:
        """Run one dispatch: the consumer's effect and its done mark commit together, once."""
        found = next(each for each in self._house.consumers if each.name == consumer)
        program, event = UUID(str(program_id)), UUID(str(event_id))
        begun = perf_counter()
        try:
            with self._house.database.transaction(program=program) as connection:
                state = outbox.claim(connection, event, consumer)
                if state == "dead" and _is_replay(connection, event, consumer):
                    state = "pending"
                if state not in {"pending", "retrying"}:
                    self._count(connection, program, consumer, event, "duplicate")
                    return
                if not outbox.is_on(connection, consumer):
                    return
                happened = _occurred(connection, event)
                self._react(connection, happened, found, program)
        finally:
            metrics.observe("dispatch_seconds", perf_counter() - begun, consumer=consumer)

    def _react(self, connection: sa.Connection, happened: Occurred, consumer: Consumer, program: UUID) -> None:
        request = outbox.request_of(program, happened, consumer.name)
        unit = Unit(connection, request, self._house.clock.now())
        with bound_contextvars(correlation_id=str(request.correlation_id), consumer=consumer.name):
            result = "ok"
            if consumer.is_level and outbox.has_seen_newer(connection, happened, consumer.name):
                result = "stale"
            else:
                self._house.call(partial(consumer.react, happened), unit)
        if unit.told:
            self._house.settle(unit, consumer.name)
        outbox.finish(unit, happened.event_id, consumer.name, result)
        arguments = {"program_id": str(program), "event_id": str(happened.event_id), "consumer": consumer.name}
        self._resolve(unit, "dispatch", arguments)
        _count_dispatch(unit, consumer.name, happened.event.type, result)
        counts.count(unit, "jobs_total", job="dispatch", result="ok")

    def _count(self, connection: sa.Connection, program: UUID, consumer: str, event: UUID, result: str) -> None:
        asked = sa.select(outbox.EVENT.c.type).where(outbox.EVENT.c.event_id == event)
        type_ = connection.execute(asked).scalar_one_or_none() or "other"
        _count_dispatch(self._unit(connection, program), consumer, type_, result)

    def _unit(self, connection: sa.Connection, program: UUID) -> Unit:
        return Unit(connection, Request.of_system(program), self._house.clock.now())

    def again(self, job: str, arguments: Mapping[str, Any], error: Exception) -> None:
        """Count a piece of work that has failed and will be tried again."""
        program = UUID(str(arguments["program_id"]))
        with self._house.database.transaction(program=program) as connection:
            counts.count(self._unit(connection, program), "jobs_total", job=job, result="retry")
            if job == "dispatch":
                event, consumer = UUID(str(arguments["event_id"])), str(arguments["consumer"])
                outbox.failed(connection, event, consumer, type(error).__name__, is_dead=False)
                self._count(connection, program, consumer, event, "retry")

    def fire(self, program_id: str, timer_id: str) -> None:
        """Fire a timer if its instant has come: its command and its mark commit together."""
        with self._house.unit(Request.of_system(UUID(str(program_id)), role="timer")) as unit:
            due = timers.take_due(unit, UUID(str(timer_id)))
            if due is None:
                return
            if due.armed_by is not None:
                unit.request = outbox.request_because_of(unit, due.armed_by)
            metrics.observe("timer_late_seconds", (unit.now - due.due_at).total_seconds(), kind=due.kind)
            command = self._timers[due.kind](due)
            self._house.carry_out(command, unit)
            counts.count(unit, "jobs_total", job="timer", result="ok")
            self._house.settle(unit, type(command).__name__)

    def tick(self) -> int:
        """Start what periodic jobs are due, once for each program and slot; returns how many."""
        started = 0
        with self._house.database.transaction() as connection:
            programs = list(connection.execute(sa.text("SELECT program_ids()")).scalars())
        for program in programs:
            with self._house.unit(Request.of_system(program, role="periodic")) as unit:
                for job in self._periodic:
                    slot = take_slot(unit, job)
                    if slot is not None:
                        arguments = {"program_id": program, "job": job.name, "slot": slot.isoformat()}
                        self._house.jobs.defer(unit.connection, "periodic", [arguments])
                        started += 1
        return started

    def run_slot(self, program_id: str, job: str, slot: str) -> None:
        """Run one slot of a periodic job: its effect and its mark commit together, once."""
        found = next(each for each in self._periodic if each.name == job)
        with self._house.unit(Request.of_system(UUID(str(program_id)), role=job)) as unit:
            if begin(unit, job, datetime.fromisoformat(slot)):
                for each in found.runs:
                    self._house.call(each, unit)
                counts.count(unit, "jobs_total", job="periodic", result="ok")
                self._house.settle(unit, job)

    def _followed(self, kind: JobKind) -> Callable[..., None]:
        """The work with what follows it: its dead letter is closed when a replay succeeds."""

        def run(**arguments: Any) -> None:
            kind.run(**arguments)
            with self._house.unit(Request.of_system(UUID(str(arguments["program_id"])), role=kind.name)) as unit:
                self._resolve(unit, kind.name, arguments)

        return run

    @staticmethod
    def _resolve(unit: Unit, job: str, arguments: Mapping[str, Any]) -> None:
        if dead_letters.resolve(unit, job, arguments):
            name = str(arguments.get("consumer") or job)
            counts.count(unit, "dead_letter_replays_total", consumer=name, result="ok")

    def give_up(self, given_up: GivenUp) -> None:
        """Keep what is not tried again where a person sees it."""
        arguments = dict(given_up.arguments)
        program = UUID(str(arguments["program_id"]))
        logger(__name__).error("work given up", job=given_up.job, code=given_up.code, attempts=given_up.attempts)
        with self._house.unit(Request.of_system(program, role=given_up.job)) as unit:
            event_type, payload = "", None
            if given_up.job == "dispatch":
                event_type, payload = self._bury(unit, given_up, arguments)
            counts.count(unit, "jobs_total", job=given_up.job, result="dead")
            of_kind = self._house.jobs.kinds[given_up.job].bury
            if of_kind is not None:
                of_kind(unit, arguments)
            dead_letters.open_letter(unit, given_up, sealer=self.sealer, event_type=event_type, payload=payload)
            self._house.settle(unit, "give_up")

    def _bury(self, unit: Unit, given_up: GivenUp, arguments: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        event, consumer = UUID(str(arguments["event_id"])), str(arguments["consumer"])
        outbox.failed(unit.connection, event, consumer, given_up.code, is_dead=True)
        asked = sa.select(outbox.EVENT.c.type, outbox.EVENT.c.payload).where(outbox.EVENT.c.event_id == event)
        row = unit.connection.execute(asked).one()
        result = "quarantined" if isinstance(given_up.error, Poison) else "dead"
        _count_dispatch(unit, consumer, row.type, result)
        return row.type, row.payload


def _is_replay(connection: sa.Connection, event: UUID, consumer: str) -> bool:
    letter = dead_letters.DEAD_LETTER.c
    asked = sa.select(letter.dead_letter_id).where(
        letter.event_id == event, letter.name == consumer, letter.state == "replaying"
    )
    return connection.execute(asked).first() is not None


def _occurred(connection: sa.Connection, event: UUID) -> Occurred:
    try:
        return outbox.occurred(connection, event)
    except Undecodable as error:
        raise Poison(str(error)) from error


def _count_dispatch(unit: Unit, consumer: str, event_type: str, result: str) -> None:
    counts.count(unit, "dispatches_total", consumer=consumer, event_type=event_type, result=result)
