"""Artifacts: files that are stored once, with their checksum, and never changed: in a folder or an object store."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import obstore
import sqlalchemy as sa
from obstore.store import LocalStore, from_url

from housestaff.core.errors import NotFound
from housestaff.plumbing import counts
from housestaff.plumbing.clock import new_id
from housestaff.plumbing.database import INSTANT, program_table
from housestaff.plumbing.settings import Settings
from housestaff.plumbing.unit import Unit

ARTIFACT = program_table(
    "artifact",
    sa.Column("artifact_id", sa.Uuid, primary_key=True),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("media_type", sa.Text, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("needs", sa.Text, nullable=False),
    sa.Column("created_at", INSTANT, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file to be stored: its kind, the run that made it, its name, what it is, and who may download it."""

    kind: str
    run: str
    name: str
    media_type: str
    needs: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored file as it is handed out: its bytes were held against the checksum."""

    name: str
    media_type: str
    sha256: str
    needs: str
    data: bytes


class Damaged(Exception):
    """The bytes in the store are not those that were put there."""


def store_of(settings: Settings) -> Any:
    """The store of the settings: an object store by its URL, else a folder beside the data."""
    if settings.artifacts_url:
        # Which options there are depends on the kind of store, so the library's own types cannot be told here.
        make: Any = from_url
        options = dict(settings.artifacts_options) or None
        return make(settings.artifacts_url, config=options, client_options={"allow_http": True})
    folder = settings.data_folder / "artifacts"
    folder.mkdir(parents=True, exist_ok=True)
    return LocalStore(folder)


class Artifacts:
    """The stored files of the program of a unit."""

    def __init__(self, unit: Unit, store: Any) -> None:
        """Rows in the unit's transaction, bytes in the store."""
        self._unit, self._store = unit, store

    def put(self, file: File) -> UUID:
        """Store a file: under a passing name first, read back and checked, then named; its row is written last.

        A file whose row is rolled back leaves bytes that no row names, and nothing else.
        """
        digest = hashlib.sha256(file.data).hexdigest()
        ending = file.name.rsplit(".", 1)[-1]
        key = f"{self._unit.program_id}/{file.kind}/{file.run}/{new_id()}-{digest[:16]}.{ending}"
        passing = f"{key}.part"
        obstore.put(self._store, passing, file.data, mode="create")
        if hashlib.sha256(bytes(obstore.get(self._store, passing).bytes())).hexdigest() != digest:
            raise Damaged(f"{key} was not stored as it is")
        obstore.rename(self._store, passing, key)
        artifact = new_id()
        self._unit.connection.execute(
            ARTIFACT.insert().values(
                program_id=self._unit.program_id,
                artifact_id=artifact,
                key=key,
                kind=file.kind,
                name=file.name,
                media_type=file.media_type,
                size=len(file.data),
                sha256=digest,
                needs=file.needs,
                created_at=self._unit.now,
            )
        )
        counts.count(self._unit, "artifact_bytes_total", len(file.data), kind=file.kind, format=ending)
        return artifact

    def get(self, artifact_id: UUID) -> Stored:
        """A stored file; raises `Damaged` where its bytes do not have the checksum of its row."""
        row = self.row(artifact_id)
        data = bytes(obstore.get(self._store, row.key).bytes())
        if hashlib.sha256(data).hexdigest() != row.sha256:
            raise Damaged(f"{row.key} is not what was stored")
        return Stored(row.name, row.media_type, row.sha256, row.needs, data)

    def forget_orphans(self) -> int:
        """Remove bytes of the program that no row names and that are older than a day; returns how many."""
        old = self._unit.now - timedelta(days=1)
        named = set(self._unit.connection.execute(sa.select(ARTIFACT.c.key)).scalars())
        listed = obstore.list(self._store, f"{self._unit.program_id}/")  # pyright: ignore[reportUnknownMemberType]
        lost = [
            each["path"]
            for batch in listed
            for each in batch
            if each["path"] not in named and each["last_modified"] < old
        ]
        if lost:
            obstore.delete(self._store, lost)
        return len(lost)

    def row(self, artifact_id: UUID) -> Any:
        """The row of a stored file."""
        asked = sa.select(ARTIFACT).where(ARTIFACT.c.artifact_id == artifact_id)
        row = self._unit.connection.execute(asked).one_or_none()
        if row is None:
            raise NotFound("There is no such file.")
        return row
