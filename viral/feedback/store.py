"""The store: predictions that a creator agreed to keep, and what became of the posts.

A creator agrees once and gets a key. Only the key's hash is kept, so whoever has the database
cannot act for a creator, and a lost key cannot be given again. By the key everything can be taken
out and everything deleted.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from viral.errors import StoreError
from viral.feedback import tables
from viral.feedback.database import Database
from viral.feedback.records import Kept, Outcome, Report, Standing, read_reason, stored_reason
from viral.messages import Message

CONSENT_VERSION, COPIED_CONSENT_VERSION = 1, 2
"""What was agreed to: to be kept here, and to be copied as well, see `viral.feedback.hub`. Whoever
agreed to an older text than both is asked again."""
KEY_BYTES = 18
MAX_KEPT = 2_000
"""Predictions of one client; far more than anybody posts."""


def _hashed(key: str) -> str:
    return hashlib.sha256(f"viral key {key}".encode("utf-8", "replace")).hexdigest()


def _aware(moment: datetime) -> datetime:
    # SQLite gives times back without their zone.
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class Store:
    """One database of feedback; safe to use from several threads and processes."""

    def __init__(self, database: Database) -> None:
        """Take a database whose tables are up to date."""
        self.database = database

    def agree(self, version: int = CONSENT_VERSION) -> str:
        """Note that somebody agreed, and return the key that is theirs from now on."""
        key = secrets.token_urlsafe(KEY_BYTES)
        with self.database.writing() as connection:
            connection.execute(
                insert(tables.clients).values(
                    key_hash=_hashed(key),
                    consented_at=datetime.now(tz=UTC),
                    consent_version=version,
                )
            )
        return key

    def knows(self, key: str) -> bool:
        """Return whether the key is one that was given out and not deleted."""
        with self.database.reading() as connection:
            return self._client(connection, key) is not None

    def _client(self, connection: Connection, key: str) -> int | None:
        return connection.execute(
            select(tables.clients.c.id).where(
                tables.clients.c.key_hash == _hashed(key),
                tables.clients.c.consent_version >= CONSENT_VERSION,
            )
        ).scalar()

    def _known(self, connection: Connection, key: str) -> int:
        client = self._client(connection, key)
        if client is None:
            raise StoreError(Message("after.key_unknown"))
        return client

    def keep(self, key: str, kept: Kept) -> None:
        """Keep a prediction; the same one again changes nothing.

        Raises
        ------
        StoreError
            The key is not known, or has kept `MAX_KEPT` predictions.
        """
        there = tables.predictions.c
        with self.database.writing() as connection:
            client = self._known(connection, key)
            self._locked(connection, client)
            old = connection.execute(
                select(there.id).where(there.client == client, there.id == kept.id)
            ).scalar()
            if old is not None:
                return
            count = connection.execute(
                select(func.count()).select_from(tables.predictions).where(there.client == client)
            ).scalar_one()
            if count >= MAX_KEPT:
                raise StoreError(Message("after.kept_too_many", most=MAX_KEPT))
            connection.execute(
                insert(tables.predictions).values(
                    client=client,
                    id=kept.id,
                    model_version=kept.model_version,
                    made_at=kept.made_at,
                    body=kept.body(),
                )
            )
        facts = {"id": kept.id, "model_version": kept.model_version, "body": kept.body()}
        self._note(key, "prediction", {**facts, "made_at": kept.made_at.isoformat()})

    def _note(self, key: str, kind: str, facts: Mapping[str, Any]) -> None:
        """Be told of what has just been kept; a store with a copy passes it on."""

    def _locked(self, connection: Connection, client: int) -> None:
        # SQLite has one writer at a time; elsewhere two of one client wait for each other here.
        connection.execute(
            select(tables.clients.c.id).where(tables.clients.c.id == client).with_for_update()
        )

    def report(
        self,
        key: str,
        prediction: str,
        outcome: Outcome,
        *,
        standing: Standing = "accepted",
        reason: Message | None = None,
    ) -> None:
        """Note what became of a prediction; the newest report of it counts.

        Raises
        ------
        StoreError
            The key or the prediction is not known.
        """
        there = tables.outcomes.c
        with self.database.writing() as connection:
            client = self._known(connection, key)
            self._locked(connection, client)
            known = connection.execute(
                select(tables.predictions.c.id).where(
                    tables.predictions.c.client == client, tables.predictions.c.id == prediction
                )
            ).scalar()
            if known is None:
                raise StoreError(Message("after.not_kept", prediction=prediction[:20]))
            if outcome.post_hash is not None:
                connection.execute(
                    delete(tables.outcomes).where(
                        there.client == client,
                        there.prediction == prediction,
                        there.post_hash == outcome.post_hash,
                        there.days == outcome.days,
                    )
                )
            connection.execute(
                insert(tables.outcomes).values(
                    client=client,
                    prediction=prediction,
                    reported_at=datetime.now(tz=UTC),
                    standing=standing,
                    reason=stored_reason(reason),
                    **asdict(outcome),
                )
            )
        facts = {"id": prediction, "standing": standing, "reason": stored_reason(reason)}
        self._note(key, "outcome", {**facts, "outcome": asdict(outcome)})

    def useful(
        self, model_version: str, answer: bool, *, key: str = "", prediction: str = ""
    ) -> None:
        """Count an answer to "Was this useful?", under the prediction if that is kept."""
        day = datetime.now(tz=UTC).date()
        with self.database.writing() as connection:
            client = self._client(connection, key) if key else None
            if client is not None:
                changed = connection.execute(
                    update(tables.predictions)
                    .where(
                        tables.predictions.c.client == client,
                        tables.predictions.c.id == prediction,
                    )
                    .values(useful=answer)
                )
                if changed.rowcount:
                    return
            dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
            added = dialect.insert(tables.votes).values(
                day=day, model_version=model_version, useful=answer, count=1
            )
            connection.execute(
                added.on_conflict_do_update(
                    index_elements=["day", "model_version", "useful"],
                    set_={"count": tables.votes.c["count"] + 1},
                )
            )

    def kept(self, key: str) -> list[Kept]:
        """Return a creator's predictions, the newest first.

        Raises
        ------
        StoreError
            The key is not known.
        """
        there = tables.predictions
        with self.database.reading() as connection:
            client = self._known(connection, key)
            rows = connection.execute(
                select(there).where(there.c.client == client).order_by(there.c.made_at.desc())
            ).all()
        return [_kept(row) for row in rows]

    def reports(self, key: str) -> list[Report]:
        """Return a creator's reports, one a prediction, the newest of each, oldest first.

        Raises
        ------
        StoreError
            The key is not known.
        """
        with self.database.reading() as connection:
            client = self._known(connection, key)
            return self._reports(connection, client)

    def all_reports(self, standing: Standing | None = "accepted") -> list[Report]:
        """Return everybody's reports, the newest of each prediction, oldest first."""
        with self.database.reading() as connection:
            reports = self._reports(connection, None)
        return [report for report in reports if standing in (None, report.standing)]

    def _reports(self, connection: Connection, client: int | None) -> list[Report]:
        outcomes, predictions = tables.outcomes, tables.predictions
        newest = select(func.max(outcomes.c.id)).group_by(outcomes.c.client, outcomes.c.prediction)
        wanted = select(outcomes, predictions).join(
            predictions,
            (predictions.c.client == outcomes.c.client)
            & (predictions.c.id == outcomes.c.prediction),
        )
        wanted = wanted.where(outcomes.c.id.in_(newest)).order_by(outcomes.c.id)
        if client is not None:
            wanted = wanted.where(outcomes.c.client == client)
        width = len(outcomes.columns)
        rows = connection.execute(wanted).all()
        return [_report(tuple(row), width) for row in rows]

    def times_of_reports(self, key: str, since: datetime) -> list[datetime]:
        """Return when a creator's reports of late came in, quarantined ones too."""
        with self.database.reading() as connection:
            client = self._known(connection, key)
            rows = connection.execute(
                select(tables.outcomes.c.reported_at).where(
                    tables.outcomes.c.client == client, tables.outcomes.c.reported_at >= since
                )
            )
            return [_aware(row[0]) for row in rows]

    def export(self, key: str) -> dict[str, Any]:
        """Return everything that is kept under a key, as JSON's types.

        Raises
        ------
        StoreError
            The key is not known.
        """
        with self.database.reading() as connection:
            client = self._known(connection, key)
            consented = connection.execute(
                select(tables.clients.c.consented_at).where(tables.clients.c.id == client)
            ).scalar_one()
            kept = _plain(connection, tables.predictions, tables.predictions.c.client == client)
            outcomes = _plain(connection, tables.outcomes, tables.outcomes.c.client == client)
        for outcome in outcomes:
            reason = read_reason(outcome["reason"])
            outcome["reason"] = None if reason is None else str(reason)
        return {
            "consented_at": _aware(consented).isoformat(),
            "predictions": kept,
            "outcomes": outcomes,
        }

    def delete(self, key: str) -> int:
        """Delete everything that is kept under a key, the key too; return how many predictions.

        Raises
        ------
        StoreError
            The key is not known.
        """
        with self.database.writing() as connection:
            client = self._client_of_any_consent(connection, key)
            self._locked(connection, client)
            count = connection.execute(
                select(func.count())
                .select_from(tables.predictions)
                .where(tables.predictions.c.client == client)
            ).scalar_one()
            for table, column in (
                (tables.outcomes, tables.outcomes.c.client),
                (tables.predictions, tables.predictions.c.client),
                (tables.clients, tables.clients.c.id),
            ):
                connection.execute(delete(table).where(column == client))
        if self.database.engine.dialect.name == "sqlite":
            # The write-ahead log still holds what was deleted until it is folded in.
            with self.database.engine.connect().execution_options(viral_reads=True) as connection:
                raw = connection.connection.driver_connection
                connection.rollback()
                if raw is not None:
                    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return int(count)

    def _client_of_any_consent(self, connection: Connection, key: str) -> int:
        client = connection.execute(
            select(tables.clients.c.id).where(tables.clients.c.key_hash == _hashed(key))
        ).scalar()
        if client is None:
            raise StoreError(Message("after.key_holds_nothing"))
        return int(client)

    def counts(self) -> dict[str, int]:
        """Return how many clients, predictions, accepted and quarantined reports there are."""
        reports = self.all_reports(None)
        with self.database.reading() as connection:
            sizes = {
                table.name: int(
                    connection.execute(select(func.count()).select_from(table)).scalar_one()
                )
                for table in (tables.clients, tables.predictions)
            }
        return {
            **sizes,
            "accepted": sum(report.standing == "accepted" for report in reports),
            "quarantined": sum(report.standing == "quarantined" for report in reports),
        }


def _plain(connection: Connection, table: Any, condition: Any) -> list[dict[str, Any]]:
    rows: Iterable[Any] = connection.execute(select(table).where(condition)).mappings()
    return [
        {
            name: _aware(value).isoformat() if isinstance(value, datetime) else value
            for name, value in row.items()
            if name not in ("client", "key_hash")
        }
        for row in rows
    ]


def _kept(row: Any) -> Kept:
    return Kept.of_body(row.id, row.model_version, _aware(row.made_at), row.body)


def _report(row: Sequence[Any], width: int) -> Report:
    # Both tables have columns of one name, so the cells are told apart by their place.
    outcome = dict(zip(tables.outcomes.columns.keys(), row[:width], strict=True))
    prediction = dict(zip(tables.predictions.columns.keys(), row[width:], strict=True))
    return Report(
        kept=Kept.of_body(
            prediction["id"],
            prediction["model_version"],
            _aware(prediction["made_at"]),
            prediction["body"],
        ),
        outcome=Outcome(
            **{
                name: outcome[name]
                for name in ("views", "days", "likes", "comments", "shares", "via", "post_hash")
            }
        ),
        reported_at=_aware(outcome["reported_at"]),
        standing=outcome["standing"],
        reason=read_reason(outcome["reason"]),
        client=outcome["client"],
    )
