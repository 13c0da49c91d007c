"""The bus: takes a command or a question, opens its unit, checks the permission, carries it out, settles, commits."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Any, TypeAlias, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from structlog.contextvars import bound_contextvars

from housestaff.core.command import Command
from housestaff.core.errors import BadInput, HousestaffError, NotAllowed, NotFound, RuleBroken, Stale, Unreachable
from housestaff.core.events import Event
from housestaff.plumbing import audit, counts, metrics, outbox
from housestaff.plumbing.access import PERMISSIONS, NoRole, Principal, allow, check_known, refuse
from housestaff.plumbing.clock import Clock
from housestaff.plumbing.database import Database
from housestaff.plumbing.jobs import Jobs
from housestaff.plumbing.once import Once
from housestaff.plumbing.outbox import Consumer
from housestaff.plumbing.registry import types
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


def reacts_to(*events: type[Event], as_: str, inline: bool = False, level: bool = False) -> Callable[[_F], _F]:
    """Mark a function as the named reaction to events (to all of them, where none is given)."""

    def marked(function: _F) -> _F:
        function.consumer = Consumer(as_, events, function, inline, level)  # type: ignore[attr-defined]
        return function

    return marked


@dataclass(frozen=True)
class Parts:
    """What bootstrap joins: lists written by hand, and how each thing a function asks for is made in a unit."""

    handlers: Sequence[Callable[..., Any]]
    reactions: Sequence[Callable[..., Any]]
    makers: Mapping[Any, Maker]
    find_principal: FindPrincipal


class House:
    """One installation at work in one process."""

    def __init__(self, database: Database, jobs: Jobs, clock: Clock, parts: Parts) -> None:
        """Join the parts; an unknown permission, or a wish that nobody fulfills, is an error here and not later."""
        self.database, self.jobs, self.clock, self.parts = database, jobs, clock, parts
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
        metrics.allow("command", [command.__name__ for command in self.handlers])
        metrics.allow("event_type", types())
        metrics.allow("permission", PERMISSIONS)

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
            self._write_refusal(name, ask.needs, request)
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
        plain = cast("partial[Any]", question).func if isinstance(question, partial) else question
        self._write_refusal(plain.__name__, needs, request)
        raise denied

    @property
    def durable(self) -> tuple[str, ...]:
        """The names of the consumers that react after the commit."""
        return tuple(each.name for each in self.consumers if not each.is_inline)

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

    def _write_refusal(self, name: str, permission: str, request: Request) -> None:
        """A refused attempt is written in a transaction of its own, in the chain of the program that it aimed at."""
        with self.unit(request) as unit:
            if unit.connection.execute(_IS_THERE).first() is None:
                return
            unit.principal = self.parts.find_principal(unit.connection, request)
            counts.count(unit, "access_denied_total", permission=permission, role=unit.role)
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


_IS_THERE = sa.text("SELECT 1 FROM program WHERE program_id = current_program()")
