"""The settings of an installation, read from HOUSESTAFF_* variables of the environment and nothing else."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import ClassVar

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


def usual_data_folder() -> Path:
    """Where data lies when nobody says: the user's own data folder, or a system one for root."""
    if os.name == "posix" and os.geteuid() == 0:
        return Path("/var/lib/housestaff")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "housestaff"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "housestaff"


class Settings(BaseSettings):
    """What hospital IT may set. Lengths of time are seconds."""

    model_config = SettingsConfigDict(env_prefix="HOUSESTAFF_", extra="ignore")

    data_folder: Path = Field(default_factory=usual_data_folder)
    database_url: SecretStr | None = Field(default=None, description="the application's; without it, our own server")
    database_owner_url: SecretStr | None = Field(default=None, description="the owner's: migrate, backup, restore")
    redis_url: SecretStr | None = Field(default=None, description="a second level for the cache; never needed")
    artifacts_url: str = Field(default="", description="s3://bucket/prefix; without it, a folder")
    artifacts_options: dict[str, str] = Field(default={}, description="what the object store asks for, as JSON")

    host: str = "127.0.0.1"
    port: int = 8000
    base_url: str = Field(default="", description="the address people use, for links in mails")

    smtp_host: str = Field(default="", description="without it mail is switched off, and says so")
    smtp_port: int = 587
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_tls: str = Field(default="starttls", pattern="^(none|starttls|tls)$")
    smtp_from: str = "housestaff@localhost"
    smtp_connect_seconds: float = 10.0
    smtp_command_seconds: float = 30.0

    webhook_seconds: float = Field(default=10.0, description="an endpoint answers within this, or is tried again")
    webhook_rehearsal: bool = Field(
        default=False, description="webhooks may go by plain http and to this machine, for rehearsals"
    )

    signing_key: SecretStr | None = Field(default=None, description="signs and seals; made and kept if not given")

    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")

    cache_entries: int = Field(default=4000, description="views kept in each process; 0 switches the cache off")

    feed_hello_seconds: float = Field(default=10.0, description="a new client says hello within this, or is let go")
    feed_heartbeat_seconds: float = Field(default=20.0, description="a client silent for twice as long is let go")
    feed_poll_seconds: float = Field(default=5.0, description="how often frames are looked for that nobody told of")
    feed_queue: int = Field(default=256, description="frames that may wait for a slow client before it is let go")

    pool_least: int = Field(default=2, description="connections that a process keeps when nobody asks")
    pool_most: int = Field(default=20, description="connections that a process may have under load")
    pool_budget: int = Field(default=60, description="connections of all processes together, one more for each apart")
    pool_tick_seconds: float = Field(default=1.0, description="how often the pool looks at its load")
    pool_lease_seconds: float = Field(
        default=30.0, description="how often a process renews its share; free again after twice as long"
    )
    worker_places: int = Field(default=8, description="pieces of work at once")
    places_per_consumer: int = Field(default=2, description="of these, for one consumer: a slow one delays no other")
    poll_seconds: float = 1.0
    lease_seconds: float = 60.0
    heartbeat_seconds: float = 15.0
    watch_seconds: float = Field(default=30.0, description="how often stalled work is looked for")
    retry_first_seconds: float = Field(default=5.0, description="the first wait; each next is four times as long")
    mail_retry_first_seconds: float = Field(
        default=30.0, description="the first wait of mail; each next is three times as long"
    )

    clock_file: Path | None = Field(default=None, description="seconds to add to the clock, for rehearsals")

    is_strict: ClassVar[bool] = False
    """Whether an undeclared metric and a text that lacks a value are errors, as in tests, or only counted."""

    @property
    def public_url(self) -> str:
        """The address people use, without a slash at its end."""
        return (self.base_url or f"http://{self.host}:{self.port}").rstrip("/")
