"""A store of each kind: a SQLite file, and a real PostgreSQL server on the loopback."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from viral.feedback.database import Database, database_url
from viral.feedback.store import Store

PROJECT_ROOT = Path(__file__).resolve().parent.parent.parent
BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
"""Where Debian's package puts the server."""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Return the address of a server of this run's own, or of the one that `.ci/run` has
    started."""
    named = os.environ.get("VIRAL_TEST_POSTGRES_URL")
    if named:
        yield named
        return
    if not BINARIES:
        pytest.skip("Debian's package postgresql is not installed")
    # pytest's own folders cannot be entered by another user, and the server refuses to run as root;
    # the package brings a user for it.
    folder = Path(tempfile.mkdtemp(prefix="viral-postgres-"))
    binaries = BINARIES[-1].parent
    as_user: list[str] = []
    if os.getuid() == 0:
        as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        shutil.chown(folder, "postgres", "postgres")
    data = folder / "data"
    subprocess.run(
        [*as_user, str(binaries / "initdb"), "-D", str(data), "-U", "viral", "--auth=trust"],
        check=True,
        capture_output=True,
        cwd=folder,
    )
    port = _free_port()
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
    control = [*as_user, str(binaries / "pg_ctl"), "-D", str(data), "-w"]
    log = str(folder / "log")
    subprocess.run([*control, "-l", log, "-o", options, "start"], check=True, cwd=folder)
    try:
        yield f"postgresql://viral@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=True, cwd=folder)
        shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def address(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """Return the address of an empty database."""
    del monkeypatch
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'feedback.sqlite3'}"
        return
    from sqlalchemy import create_engine, text

    server = request.getfixturevalue("postgres")
    name = f"viral_{os.urandom(6).hex()}"
    admin = create_engine(database_url(server, tmp_path), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield f"{server.rpartition('/')[0]}/{name}"
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def store(address: str, tmp_path: Path) -> Iterator[Store]:
    database = Database(database_url(address, tmp_path))
    yield Store(database)
    database.close()


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    database = Database(database_url("", tmp_path))
    yield Store(database)
    database.close()
