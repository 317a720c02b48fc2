"""The database of the store: SQLite beside the user's other data, or PostgreSQL where one is named.

SQLite is opened with a write-ahead log and a full sync at each commit, so that a process killed in
mid-write loses nothing that was acknowledged, and writers wait for one another rather than fail.
"""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError

from viral.errors import StoreError
from viral.messages import Message

HEAD = "0002"
"""The newest step of `viral/feedback/migrations`."""
WAIT_FOR_WRITERS_S = 30.0
"""How long a writer waits for another; each takes milliseconds."""
MIGRATION_LOCK = 714_025
"""Any number; it names PostgreSQL's lock during which one process alone changes tables."""
DRIVERS = {
    "sqlite": "sqlite+pysqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
}
FILE_NAME = "feedback.sqlite3"
SQLITE_TROUBLES = {
    "database or disk is full": "store.full",
    "disk i/o error": "store.disk",
    "readonly database": "store.read_only",
    "unable to open database": "store.unopened",
    "database is locked": "store.busy",
}
"""What SQLite says of the disk (sqlite3.h, sqlite3_errstr) -> the code of what to tell a person."""


def database_url(given: str, data_dir: Path) -> URL:
    """Return where the store is.

    Parameters
    ----------
    given : str
        `postgresql://user:password@host/name`, `sqlite:///file`, or `sqlite` for a file in
        `data_dir`.
    data_dir : Path
        Made if it is not there.

    Raises
    ------
    StoreError
        The address cannot be read, or names another database.
    """
    if given in ("", "sqlite"):
        try:
            data_dir.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(Message("store.no_folder", folder=data_dir.name)) from error
        return URL.create(DRIVERS["sqlite"], database=str(data_dir / FILE_NAME))
    try:
        url = make_url(given)
    except (ArgumentError, ValueError) as error:
        raise StoreError(Message("store.url")) from error
    name = url.drivername.partition("+")[0]
    if name not in DRIVERS:
        raise StoreError(Message("store.url_kind", name=repr(name)))
    return url.set(drivername=DRIVERS[name])


def _make_readable_by_its_owner_alone(database: str | None) -> None:
    """Make the file where it is not there; the files that SQLite puts beside it take after it."""
    if not database or database == ":memory:":
        return
    # Where it cannot be made, SQLite fails next, and what that means is said there.
    with contextlib.suppress(OSError):
        os.close(os.open(database, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))


def _sqlite_engine(url: URL) -> Engine:
    _make_readable_by_its_owner_alone(url.database)
    engine = create_engine(url, connect_args={"timeout": WAIT_FOR_WRITERS_S})

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, record: Any) -> None:
        del record
        # Python's own transaction handling is switched off in favour of the one below.
        connection.isolation_level = None
        cursor = connection.cursor()
        for setting in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {setting}")
        # What is deleted is overwritten, not only unlinked.
        cursor.execute("PRAGMA secure_delete=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        # A transaction that reads first and writes later fails where another has written in
        # between; one that says at once that it will write waits for its turn.
        reads = connection.get_execution_options().get("viral_reads", False)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


def _postgres_engine(url: URL) -> Engine:
    try:
        return create_engine(
            url, pool_pre_ping=True, pool_size=5, connect_args={"connect_timeout": 10}
        )
    except ImportError as error:
        raise StoreError(Message("store.no_psycopg")) from error


class Database:
    """An engine whose tables are up to date."""

    def __init__(self, url: URL) -> None:
        """Connect and bring the tables up to date.

        Raises
        ------
        StoreError
            It cannot be reached, is damaged, or was made by a newer version.
        """
        sqlite = url.drivername.startswith("sqlite")
        # Visitors of the app may see it, who need not know where the server keeps its files.
        self._name = (url.database or "").rpartition("/")[2]
        self.engine = _sqlite_engine(url) if sqlite else _postgres_engine(url)
        try:
            with self._translated_errors():
                self._migrate(sqlite)
        except StoreError:
            self.engine.dispose()
            raise

    @contextlib.contextmanager
    def _translated_errors(self) -> Iterator[None]:
        try:
            yield
        except OperationalError as error:
            # The driver's own words may hold the password.
            said = str(error.orig).lower()
            for sign, code in SQLITE_TROUBLES.items():
                if sign in said:
                    raise StoreError(Message(code)) from error
            raise StoreError(Message("store.unusable", name=self._name)) from error
        except SQLAlchemyError as error:
            raise StoreError(Message("store.damaged", name=self._name)) from error

    def _step(self, connection: Connection) -> str | None:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()

    def _migrate(self, sqlite: bool) -> None:
        with self.engine.connect().execution_options(viral_reads=True) as connection:
            if self._step(connection) == HEAD:
                return
        with self.engine.begin() as connection:
            if not sqlite:
                connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
            step = self._step(connection)
            if step == HEAD:
                return
            if step is not None and step > HEAD:
                raise StoreError(Message("store.newer", name=self._name))
            _upgrade(connection)

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """Yield a connection whose changes are kept together, or not at all."""
        with self._translated_errors(), self.engine.begin() as connection:
            yield connection

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield a connection that only reads, and waits for nobody."""
        with self._translated_errors(), self.engine.connect() as connection:
            yield connection.execution_options(viral_reads=True)

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)
