"""The commands of violations and overrides, over the same bus as the API."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from housestaff.doors.operator import As, AsJson, InProgram, acting, say, say_rows

if TYPE_CHECKING:
    from housestaff.features.compliance.model import Violation

Violations = Annotated[list[UUID], typer.Argument(help="The ids of violations.")]


def add_violation_commands(app: typer.Typer) -> None:
    """Put the commands of this file on the command line."""
    violations = typer.Typer(no_args_is_help=True, help="Rules that are broken.")
    violations.command("list")(listed)
    violations.command("acknowledge")(acknowledge)
    overrides = typer.Typer(no_args_is_help=True, help="Violations that are accepted for a time.")
    overrides.command("apply")(apply)
    overrides.command("revoke")(revoke)
    app.add_typer(violations, name="violations")
    app.add_typer(overrides, name="overrides")


def listed(
    state: Annotated[
        str, typer.Option("--state", help="standing, open, acknowledged, overridden or resolved.")
    ] = "standing",
    severity: Annotated[str, typer.Option("--severity", help="critical or warning; else both.")] = "",
    person: Annotated[str, typer.Option("--person", help="Only those about one person.")] = "",
    *,
    by: As = "",
    program: InProgram = "",
    as_json: AsJson = False,
) -> None:
    """List the violations of a program, the gravest and oldest first."""
    from housestaff.features.compliance import queries

    wanted = queries.Wanted(state=state, severity=severity, person=person)
    with acting(by, program) as here:
        rows = [_row(each) for each in here.read(queries.listed, needs="violation:read", wanted=wanted)]
    columns = ("violation_id", "severity", "state", "rule", "subject", "first_day", "last_day", "value", "limit")
    say_rows(as_json, rows, columns, nothing="Every rule is kept.")


def acknowledge(
    violation_id: Annotated[UUID, typer.Argument(help="The id of a violation.")],
    note: Annotated[str, typer.Option("--note", help="What is done about it.")] = "",
    *,
    by: As = "",
    program: InProgram = "",
    as_json: AsJson = False,
) -> None:
    """Say that one has seen a violation and takes care of it."""
    from housestaff.features.compliance.commands import AcknowledgeViolation

    with acting(by, program) as here:
        here.do(AcknowledgeViolation(violation_id=violation_id, note=note))
    say(as_json, {"violation_id": violation_id, "state": "acknowledged"}, f"{violation_id} is acknowledged.")


def apply(
    violation_ids: Violations,
    reason_code: Annotated[str, typer.Option("--reason-code", help="Why, in one word.")],
    justification: Annotated[str, typer.Option("--justification", help="Why, in 30 characters or more.")],
    until: Annotated[datetime, typer.Option("--until", help="When it ends, in UTC.")],
    *,
    by: As = "",
    program: InProgram = "",
    as_json: AsJson = False,
) -> None:
    """Accept violations for a time; a rule that must hold is accepted only by the director."""
    from housestaff.features.compliance.commands import ApplyOverride

    command = ApplyOverride(
        violation_ids=tuple(violation_ids),
        reason_code=reason_code,
        justification=justification,
        expires_at=until.replace(tzinfo=UTC),
    )
    with acting(by, program) as here:
        made = here.do(command)
    say(as_json, {"override_id": made}, f"{made} is in force until {until:%Y-%m-%d %H:%M} UTC.")


def revoke(
    override_id: Annotated[UUID, typer.Argument(help="The id of an override.")],
    *,
    by: As = "",
    program: InProgram = "",
    as_json: AsJson = False,
) -> None:
    """Take an override back before its time."""
    from housestaff.features.compliance.commands import RevokeOverride

    with acting(by, program) as here:
        here.do(RevokeOverride(override_id=override_id))
    say(as_json, {"override_id": override_id, "state": "revoked"}, f"{override_id} is over.")


def _row(violation: Violation) -> dict[str, Any]:
    return {
        "violation_id": violation.violation_id,
        "severity": violation.severity,
        "state": violation.state,
        "rule": violation.rule,
        "subject": violation.subject,
        "first_day": str(violation.first_day),
        "last_day": str(violation.last_day),
        "value": violation.value,
        "limit": violation.limit,
        "unit": violation.unit,
        "citation": violation.citation,
        "opened_at": violation.opened_at.isoformat(),
        "sentence": violation.finding["sentence"],
    }
