"""The bus: takes a command or a question, opens its unit, checks the permission, carries it out, settles, commits."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from time import perf_counter
from typing import Any, TypeAlias, TypeVar, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from structlog.contextvars import bound_contextvars

from housestaff.core.command import Command
from housestaff.core.errors import BadInput, HousestaffError, NotAllowed, NotFound, RuleBroken, Stale, Unreachable
from housestaff.core.events import Event
from housestaff.plumbing import audit, counts, dead_letters, metrics, outbox, timers
from housestaff.plumbing.access import PERMISSIONS, NoRole, Principal, allow, check_known, refuse
from housestaff.plumbing.clock import Clock
from housestaff.plumbing.crypto import Sealer
from housestaff.plumbing.database import Database
from housestaff.plumbing.jobs import GivenUp, JobKind, Jobs, Poison
from housestaff.plumbing.log import logger
from housestaff.plumbing.once import Once
from housestaff.plumbing.outbox import Consumer, Occurred, OldNews
from housestaff.plumbing.periodic import Periodic, begin, take_slot
from housestaff.plumbing.registry import Undecodable, types
from housestaff.plumbing.retry import standard
from housestaff.plumbing.timers import Due
from housestaff.plumbing.unit import Request, Unit

Maker: TypeAlias = Callable[[Unit], Any]
FindPrincipal: TypeAlias = Callable[[sa.Connection, Request], Principal | None]
_F = TypeVar("_F", bound=Callable[..., Any])

_WITHOUT_A_ROLE = frozenset({"system", "login"})
"""What Housestaff does by itself, and what somebody does to their own login, having shown that it is theirs."""

_RESULTS: Mapping[type[Exception], str] = {BadInput: "bad_input", NotFound: "not_found", Stale: "stale"}


def handles(command: type[Command]) -> Callable[[_F], _F]:
    """Mark a function as what carries out a command; nothing is registered."""

    def marked(function: _F) -> _F:
        function.handles = command  # type: ignore[attr-defined]
        return function

    return marked


def reacts_to(*events: type[Event], as_: str, inline: bool = False) -> Callable[[_F], _F]:
    """Mark a function as the named reaction to events (to all of them, where none is given)."""

    def marked(function: _F) -> _F:
        function.consumer = Consumer(as_, events, function, inline)  # type: ignore[attr-defined]
        return function

    return marked


@dataclass(frozen=True)
class Parts:
    """What bootstrap joins: lists written by hand, and how each thing a function asks for is made in a unit."""

    handlers: Sequence[Callable[..., Any]]
    reactions: Sequence[Callable[..., Any]]
    timers: Mapping[str, Callable[[Due], Command]]
    makers: Mapping[Any, Maker]
    find_principal: FindPrincipal
    jobs: Sequence[JobKind] = ()
    periodic: Sequence[Periodic] = ()


class House:
    """One installation at work in one process."""

    def __init__(self, database: Database, jobs: Jobs, clock: Clock, sealer: Sealer, parts: Parts) -> None:
        """Join the parts; an unknown permission, or a wish that nobody fulfills, is an error here and not later."""
        self.database, self.jobs, self.clock, self.sealer, self.parts = database, jobs, clock, sealer, parts
        self.handlers: dict[type[Command], Callable[..., Any]] = {f.handles: f for f in parts.handlers}  # type: ignore[attr-defined]
        self.consumers: tuple[Consumer, ...] = tuple(f.consumer for f in parts.reactions)  # type: ignore[attr-defined]
        self.inline_off: set[str] = set()
        """Inline consumers switched off; only the controls of the tests do so."""
        for function in (*parts.handlers, *parts.reactions):
            for name, wish in self._wishes(function)[1:]:
                if wish is not Unit and wish not in parts.makers:
                    raise LookupError(f"{function.__name__} asks for {name}: {wish}, which nothing makes")
        for command in self.handlers:
            check_known(command.needs)
        self._name_labels()
        retry = standard(jobs.settings.retry_first_seconds)
        own = (
            JobKind("dispatch", self.react, retry, lambda arguments: str(arguments["consumer"])),
            JobKind("timer", self.fire, retry),
            JobKind("periodic", self.run_slot, retry),
        )
        lanes = [f"dispatch:{consumer.name}" for consumer in self.consumers if not consumer.is_inline]
        jobs.declare((*own, *parts.jobs), lanes, give_up=self.give_up, tick=self.tick)

    def _name_labels(self) -> None:
        """The closed lists of the labels that are known only now."""
        durable = [each.name for each in self.consumers if not each.is_inline]
        jobs = ("dispatch", "timer", "periodic", *(kind.name for kind in self.parts.jobs))
        metrics.allow("command", [command.__name__ for command in self.handlers])
        metrics.allow("consumer", [*durable, *jobs])
        metrics.allow("event_type", types())
        metrics.allow("job", jobs)
        metrics.allow("permission", [*PERMISSIONS, *(command.__name__ for command in self.handlers)])

    # -- asking --------------------------------------------------------------------------------------------------------

    def do(self, ask: Command, request: Request, *, once: Once | None = None) -> Any:
        """Carry out a command for somebody: checked, done in one transaction, told, and written in the audit chain.

        With `once`, its answer is kept in the same transaction, and given again instead of doing it again. Raises one
        of the five errors; then nothing has changed but, for a refusal, the audit chain.
        """
        name, begun = type(ask).__name__, perf_counter()
        result = "error"
        try:
            told = bound_contextvars(correlation_id=str(request.correlation_id), command=name)
            with told, self.unit(request) as unit:
                unit.principal = self._principal(unit)
                if unit.principal is not None:
                    self._check(ask, unit.principal)
                if once is not None and (known := once.answer(unit)) is not None:
                    result = "ok"
                    return known.value
                answer = self.carry_out(ask, unit)
                self.settle(unit, name)
                if once is not None:
                    answer = once.keep(unit, answer)
            result = "ok"
        except (NotAllowed, NoRole) as error:
            result = "not_allowed" if isinstance(error, NotAllowed) else "not_found"
            self._write_refusal(name, request)
            raise
        except HousestaffError as error:
            result = "rule_broken" if isinstance(error, RuleBroken) else _RESULTS.get(type(error), "error")
            raise
        finally:
            metrics.count("commands_total", command=name, door=request.door, result=result)
            metrics.observe("command_seconds", perf_counter() - begun, command=name)
        return answer

    def read(self, question: Callable[..., Any], request: Request, *, needs: str, **about: Any) -> Any:
        """Answer a question for somebody from one consistent state; `about` says whom it concerns (person or user)."""
        denied: HousestaffError
        with self.unit(request) as unit:
            try:
                unit.principal = self._principal(unit)
            except NoRole as error:
                denied = error
            else:
                if unit.principal is None or allow(unit.principal, needs, **about) is not None:
                    return self.call(question, unit)
                denied = refuse(unit.principal, needs)
        self._write_refusal(getattr(question, "__name__", needs), request)
        raise denied

    @contextmanager
    def unit(self, request: Request) -> Generator[Unit]:
        """One transaction for one program; whoever opens it settles what was told in it."""
        with self.database.transaction(program=request.program_id, user=request.user_id) as connection:
            yield Unit(connection, request, self.clock.now())

    def carry_out(self, ask: Command, unit: Unit) -> Any:
        """Carry out a command inside a unit that is open already."""
        return self.call(partial(self.handlers[type(ask)], ask), unit)

    def call(self, function: Callable[..., Any], unit: Unit) -> Any:
        """Call a function with the things that it asks for by the types of its parameters; bound ones stay bound."""
        given: tuple[Any, ...] = ()
        bound: Mapping[str, Any] = {}
        plain = function
        if isinstance(function, partial):
            bound_function = cast("partial[Any]", function)
            plain, given, bound = bound_function.func, bound_function.args, bound_function.keywords
        wishes = [(name, wish) for name, wish in self._wishes(plain)[len(given) :] if name not in bound]
        call = cast("Callable[..., Any]", function)
        return call(**{name: self._made(wish, unit) for name, wish in wishes})

    def _principal(self, unit: Unit) -> Principal | None:
        if unit.request.kind in _WITHOUT_A_ROLE:
            return None
        try:
            principal = self.parts.find_principal(unit.connection, unit.request)
        except DBAPIError as error:
            raise Unreachable("who may do what cannot be read right now") from error
        if principal is None:
            raise NoRole("There is no such program for you.")
        return principal

    def _check(self, ask: Command, principal: Principal) -> None:
        person = getattr(ask, ask.about) if ask.about else None
        if allow(principal, ask.needs, person=person) is None:
            raise refuse(principal, ask.needs)

    def _write_refusal(self, name: str, request: Request) -> None:
        """A refused attempt is written in a transaction of its own, in the chain of the program that it aimed at."""
        with self.unit(request) as unit:
            if unit.connection.execute(_IS_THERE).first() is None:
                return
            unit.principal = self.parts.find_principal(unit.connection, request)
            counts.count(unit, "access_denied_total", permission=name, role=unit.role)
            audit.append(unit, f"denied:{name}")

    # -- what follows --------------------------------------------------------------------------------------------------

    def settle(self, unit: Unit, action: str) -> None:
        """Keep what was told with its dispatches, run the inline consumers, and close with the audit entry."""
        dispatches = outbox.keep(unit, unit.told, self.consumers)
        self.jobs.defer(unit.connection, "dispatch", dispatches)
        for consumer in self.consumers:
            if consumer.is_inline and consumer.name not in self.inline_off:
                for told in unit.told:
                    if consumer.wants(told.event):
                        self.call(partial(consumer.react, told.event), unit)
        if "audit" not in self.inline_off:
            audit.append(unit, action)

    def react(self, program_id: str, event_id: str, consumer: str) -> None:
        """Run one dispatch: the consumer's effect and its done mark commit together, once."""
        found = next(each for each in self.consumers if each.name == consumer)
        program, event = UUID(str(program_id)), UUID(str(event_id))
        begun = perf_counter()
        try:
            with self.database.transaction(program=program) as connection:
                state = outbox.claim(connection, event, consumer)
                if state == "dead" and self._is_replay(connection, program_id, event_id, consumer):
                    state = "pending"
                if state not in {"pending", "retrying"}:
                    self._count(connection, program, consumer, event, "duplicate")
                    return
                if not outbox.is_on(connection, consumer):
                    return
                happened = self._occurred(connection, event)
                self._react(connection, happened, found, program)
        except Poison:
            raise
        except Exception as error:
            self._note_failure(program, event, consumer, error)
            raise
        finally:
            metrics.observe("dispatch_seconds", perf_counter() - begun, consumer=consumer)

    def _react(self, connection: sa.Connection, happened: Occurred, consumer: Consumer, program: UUID) -> None:
        request = outbox.request_of(program, happened, consumer.name)
        unit = Unit(connection, request, self.clock.now())
        with bound_contextvars(correlation_id=str(request.correlation_id), consumer=consumer.name):
            try:
                with connection.begin_nested():
                    self.call(partial(consumer.react, happened), unit)
                result = "ok"
            except OldNews:
                unit.told.clear()
                result = "stale"
        if unit.told:
            self.settle(unit, consumer.name)
        outbox.finish(unit, happened.event_id, consumer.name, result)
        arguments = {"program_id": str(program), "event_id": str(happened.event_id), "consumer": consumer.name}
        if dead_letters.resolve(unit, "dispatch", arguments):
            counts.count(unit, "dead_letter_replays_total", consumer=consumer.name, result="ok")
        _count_dispatch(unit, consumer.name, happened.event.type, result)
        counts.count(unit, "jobs_total", job="dispatch", result="ok")

    @staticmethod
    def _is_replay(connection: sa.Connection, program_id: str, event_id: str, consumer: str) -> bool:
        asked = sa.select(dead_letters.DEAD_LETTER.c.dead_letter_id).where(
            dead_letters.DEAD_LETTER.c.event_id == UUID(str(event_id)),
            dead_letters.DEAD_LETTER.c.name == consumer,
            dead_letters.DEAD_LETTER.c.state == "replaying",
        )
        del program_id
        return connection.execute(asked).first() is not None

    @staticmethod
    def _occurred(connection: sa.Connection, event: UUID) -> Occurred:
        try:
            return outbox.occurred(connection, event)
        except Undecodable as error:
            raise Poison(str(error)) from error

    def _count(self, connection: sa.Connection, program: UUID, consumer: str, event: UUID, result: str) -> None:
        asked = sa.select(outbox.EVENT.c.type).where(outbox.EVENT.c.event_id == event)
        type_ = connection.execute(asked).scalar_one_or_none() or "other"
        _count_dispatch(Unit(connection, Request.of_system(program), self.clock.now()), consumer, type_, result)

    def _note_failure(self, program: UUID, event: UUID, consumer: str, error: Exception) -> None:
        with self.database.transaction(program=program) as connection:
            outbox.failed(connection, event, consumer, type(error).__name__, is_dead=False)
            self._count(connection, program, consumer, event, "retry")

    def fire(self, program_id: str, timer_id: str) -> None:
        """Fire a timer if its instant has come: its command and its mark commit together."""
        with self.unit(Request.of_system(UUID(str(program_id)), role="timer")) as unit:
            due = timers.take_due(unit, UUID(str(timer_id)))
            if due is None:
                return
            metrics.observe("timer_late_seconds", (unit.now - due.due_at).total_seconds(), kind=due.kind)
            command = self.parts.timers[due.kind](due)
            self.carry_out(command, unit)
            counts.count(unit, "jobs_total", job="timer", result="ok")
            self.settle(unit, type(command).__name__)

    def tick(self) -> int:
        """Start what periodic jobs are due, once for each program and slot; returns how many."""
        started = 0
        with self.database.transaction() as connection:
            programs = list(connection.execute(sa.text("SELECT program_ids()")).scalars())
        for program in programs:
            with self.unit(Request.of_system(program, role="periodic")) as unit:
                for job in self.parts.periodic:
                    slot = take_slot(unit, job)
                    if slot is not None:
                        arguments = {"program_id": program, "job": job.name, "slot": slot.isoformat()}
                        self.jobs.defer(unit.connection, "periodic", [arguments])
                        started += 1
        return started

    def run_slot(self, program_id: str, job: str, slot: str) -> None:
        """Run one slot of a periodic job: its effect and its mark commit together, once."""
        found = next(each for each in self.parts.periodic if each.name == job)
        with self.unit(Request.of_system(UUID(str(program_id)), role=job)) as unit:
            if begin(unit, job, datetime.fromisoformat(slot)):
                self.call(found.run, unit)
                counts.count(unit, "jobs_total", job="periodic", result="ok")
                self.settle(unit, job)

    def give_up(self, given_up: GivenUp) -> None:
        """Keep what is not tried again where a person sees it."""
        arguments = dict(given_up.arguments)
        program = UUID(str(arguments["program_id"]))
        logger(__name__).error("work given up", job=given_up.job, code=given_up.code, attempts=given_up.attempts)
        with self.unit(Request.of_system(program, role=given_up.job)) as unit:
            event_type, payload = "", None
            if given_up.job == "dispatch":
                event_type, payload = self._bury(unit, given_up, arguments)
            counts.count(unit, "jobs_total", job=given_up.job, result="dead")
            code = "undecodable" if isinstance(given_up.error, Poison) else given_up.code
            kept = GivenUp(given_up.job, arguments, given_up.error, given_up.attempts, code)
            bury = self.jobs.kinds[given_up.job].bury
            if bury is not None:
                bury(unit, arguments)
            dead_letters.open_letter(unit, kept, sealer=self.sealer, event_type=event_type, payload=payload)
            self.settle(unit, "give_up")

    def _bury(self, unit: Unit, given_up: GivenUp, arguments: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        event, consumer = UUID(str(arguments["event_id"])), str(arguments["consumer"])
        outbox.failed(unit.connection, event, consumer, given_up.code, is_dead=True)
        asked = sa.select(outbox.EVENT.c.type, outbox.EVENT.c.payload).where(outbox.EVENT.c.event_id == event)
        row = unit.connection.execute(asked).one()
        result = "quarantined" if isinstance(given_up.error, Poison) else "dead"
        _count_dispatch(unit, consumer, row.type, result)
        return row.type, row.payload

    def switch(self, name: str, *, on: bool) -> None:
        """Switch a durable consumer off, so that its dispatches wait, or on, so that they are done."""
        with self.database.transaction() as connection:
            connection.execute(_SWITCH, {"name": name, "on": on, "at": self.clock.now()})
            if on:
                waiting = connection.execute(sa.text("SELECT * FROM pending_dispatches(:name)"), {"name": name}).all()
                self.jobs.defer(
                    connection,
                    "dispatch",
                    [{"program_id": row.program_id, "event_id": row.event_id, "consumer": name} for row in waiting],
                )

    # -- wiring --------------------------------------------------------------------------------------------------------

    def _wishes(self, function: Callable[..., Any]) -> list[tuple[str, Any]]:
        """What a function asks for, by the types of its parameters without a default; the ask or event comes first."""
        known = _WISHES.get(function)
        if known is None:
            hints = typing.get_type_hints(function)
            asked = inspect.signature(function).parameters.items()
            known = [(name, hints[name]) for name, each in asked if each.default is inspect.Parameter.empty]
            _WISHES[function] = known
        return known

    def _made(self, wish: Any, unit: Unit) -> Any:
        if wish is Unit:
            return unit
        if wish not in unit.memo:
            unit.memo[wish] = self.parts.makers[wish](unit)
        return unit.memo[wish]


_WISHES: dict[Callable[..., Any], list[tuple[str, Any]]] = {}


def _count_dispatch(unit: Unit, consumer: str, event_type: str, result: str) -> None:
    counts.count(unit, "dispatches_total", consumer=consumer, event_type=event_type, result=result)


_IS_THERE = sa.text("SELECT 1 FROM program WHERE program_id = current_program()")
_SWITCH = sa.text("""
    INSERT INTO consumer_switch (name, is_on, at) VALUES (:name, :on, :at)
    ON CONFLICT (name) DO UPDATE SET is_on = :on, at = :at
""")
