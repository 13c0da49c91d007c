"""Brings the tables of a database to the newest shape, forward only, as the owner of the tables."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine.url import make_url


def migrations_folder() -> Path:
    """Where the migrations are: inside the installed package, or beside the source of a checkout."""
    carried = Path(str(resources.files("housestaff"))) / "migrations"
    return carried if carried.is_dir() else Path(__file__).parents[3] / "migrations"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()))
    return config


def migrate(owner_url: str, application_url: str) -> tuple[str | None, str | None]:
    """Run what is missing; returns the revisions before and after. Two that migrate at once wait for each other."""
    config = _config()
    engine = sa.create_engine(make_url(owner_url).set(drivername="postgresql+psycopg"), poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext('housestaff.migrate'))"))
        before = MigrationContext.configure(connection).get_current_revision()
        config.attributes["connection"] = connection
        config.attributes["application_role"] = make_url(application_url).username
        command.upgrade(config, "head")
        after = MigrationContext.configure(connection).get_current_revision()
    return before, after


def newest() -> str | None:
    """The newest revision that this program knows."""
    return ScriptDirectory.from_config(_config()).get_current_head()
