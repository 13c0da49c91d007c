"""The API's own document: public, whole, and the same as what the routes do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from housestaff.plumbing.access import check_known
from housestaff.plumbing.http import CSRF_HEADER, LOGIN, NOBODY, SESSION_COOKIE
from housestaff.plumbing.problems import Problem

_SCHEMES = {
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": SESSION_COOKIE,
        "description": f"a browser's session; what changes something also takes the header {CSRF_HEADER}",
    },
    "token": {"type": "http", "scheme": "bearer", "description": "an API token, for scripts"},
}


def declared(document: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each operation of the document: its method, its path, and what is said of it.

    Raises `LookupError` for one that declares no permission, or one that does not stand in the table.
    """
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            takes = operation.get("x-permission")
            if takes is None:
                raise LookupError(f"{path} declares no permission")
            if takes not in {NOBODY, LOGIN}:
                check_known(takes)
            yield method.upper(), path, operation


def add_document(app: FastAPI) -> None:
    """Let the application describe itself; an undeclared or unknown permission is an error here, at the start."""
    made = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    parts = made.setdefault("components", {})
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    parts.setdefault("schemas", {})["Problem"] = problem
    parts["securitySchemes"] = _SCHEMES
    made["security"] = [{name: []} for name in _SCHEMES]
    for _method, _path, operation in declared(made):
        if operation["x-permission"] == NOBODY:
            operation["security"] = []
    app.openapi = lambda: made  # its own would write it anew, without what stands above
