"""Stored files: the same in a folder and in an object store, checked on the way in and on the way out."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import obstore
import psycopg
import pytest
from moto.server import ThreadedMotoServer

from housestaff.core.errors import NotAllowed
from housestaff.features.operations.queries import artifact
from housestaff.plumbing.artifacts import Artifacts, Damaged, File, store_of
from housestaff.plumbing.unit import Request
from tests.client import Client
from tests.installed import Installed, settings_of

DATA = b"a published year" * 1000


@pytest.fixture(scope="module")
def bucket() -> Iterator[dict[str, str]]:
    """An object store on loopback with one bucket, and what it asks for."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    options = {
        "aws_access_key_id": "tests",
        "aws_secret_access_key": "tests",
        "aws_region": "us-east-1",
        "aws_endpoint": f"http://{host}:{port}",
        "aws_virtual_hosted_style_request": "false",
    }
    import urllib.request

    urllib.request.urlopen(urllib.request.Request(f"http://{host}:{port}/files", method="PUT")).close()
    yield options
    server.stop()


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, house: Installed, tmp_path: Path) -> Any:
    """Each kind of store."""
    if request.param == "folder":
        return store_of(settings_of(house.addresses, tmp_path))
    options = request.getfixturevalue("bucket")
    more = {"artifacts_url": "s3://files/of-tests", "artifacts_options": options}
    return store_of(settings_of(house.addresses, tmp_path, **more))


def put(house: Installed, store: Any, *, needs: str = "schedule:read") -> Any:
    """A file stored in the small program."""
    file = File(
        kind="schedule_export", run="one", name="Year 1.pdf", media_type="application/pdf", needs=needs, data=DATA
    )
    with house.installation.house.unit(Request.of_system(house.programs["small"])) as unit:
        return Artifacts(unit, store).put(file)


def test_what_is_stored_comes_back_with_its_checksum(house: Installed, store: Any) -> None:
    id_ = put(house, store)
    row = house.rows("SELECT * FROM artifact")[0]
    assert row["artifact_id"] == id_
    assert (row["size"], row["sha256"]) == (len(DATA), hashlib.sha256(DATA).hexdigest())
    assert row["key"].startswith(f"{house.programs['small']}/schedule_export/one/")
    with house.installation.house.unit(Request.of_system(house.programs["small"])) as unit:
        assert Artifacts(unit, store).get(id_).data == DATA
    keys = [each["path"] for batch in obstore.list(store) for each in batch]
    assert not any(key.endswith(".part") for key in keys)


def test_what_was_tampered_with_is_not_handed_out(house: Installed, store: Any) -> None:
    id_ = put(house, store)
    obstore.put(store, house.value("SELECT key FROM artifact"), b"something else")
    with house.installation.house.unit(Request.of_system(house.programs["small"])) as unit, pytest.raises(Damaged):
        Artifacts(unit, store).get(id_)


def test_the_row_of_a_stored_file_is_never_changed(house: Installed, store: Any, superuser: psycopg.Connection) -> None:
    put(house, store)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        superuser.execute("UPDATE artifact SET name = 'other'")


def test_a_file_is_downloaded_with_its_digest_by_those_who_may(served: Installed) -> None:
    store = store_of(served.installation.settings)
    mine, theirs = put(served, store), put(served, store, needs="report:read_executive")
    client = Client(served.address)
    client.sign_in_once(served.installation.sign_in.one_time("sign_in", served.users["r1@small.example"]))
    answer = client.get(f"/artifacts/{mine}")
    assert answer.body.encode() == DATA
    checksum = base64.b64encode(hashlib.sha256(DATA).digest()).decode()
    assert answer.headers["digest"] == f"sha-256={checksum}"
    assert client.get(f"/artifacts/{theirs}").status == 403
    with pytest.raises(NotAllowed):
        served.read(artifact, needs="notice:read", by="r1", artifact_id=theirs)


def test_a_file_of_another_program_is_not_there(served: Installed) -> None:
    served.add_program("other")
    id_ = put(served, store_of(served.installation.settings))
    client = Client(served.address, program="other")
    client.sign_in_once(served.installation.sign_in.one_time("sign_in", served.users["coordinator@other.example"]))
    assert client.get(f"/artifacts/{id_}").status == 404
