"""The tables of the store; `viral/feedback/migrations` makes them and changes them."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

metadata = MetaData()

clients = Table(
    "clients",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key_hash", String(64), nullable=False, unique=True),
    Column("consented_at", DateTime(timezone=True), nullable=False),
    Column("consent_version", Integer, nullable=False),
)
"""Who has agreed: the hash of a key that only the creator has, and nothing else."""

predictions = Table(
    "predictions",
    metadata,
    Column("client", Integer, ForeignKey("clients.id", ondelete="CASCADE"), primary_key=True),
    Column("id", String(20), primary_key=True),
    Column("model_version", String(80), nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("useful", Boolean, nullable=True),
    Column("body", JSON, nullable=False),
)
"""See `viral.feedback.records.Kept`."""

outcomes = Table(
    "outcomes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("client", Integer, nullable=False),
    Column("prediction", String(20), nullable=False),
    Column("reported_at", DateTime(timezone=True), nullable=False),
    Column("days", Float, nullable=False),
    Column("views", Float, nullable=True),
    Column("likes", Float, nullable=True),
    Column("comments", Float, nullable=True),
    Column("shares", Float, nullable=True),
    Column("via", String(10), nullable=False),
    Column("post_hash", String(32), nullable=True),
    Column("standing", String(12), nullable=False),
    Column("reason", String(200), nullable=True),
    ForeignKeyConstraint(
        ["client", "prediction"], ["predictions.client", "predictions.id"], ondelete="CASCADE"
    ),
    Index("outcomes_of_prediction", "client", "prediction"),
    Index("outcomes_standing", "standing"),
)
"""What became of a prediction; the newest row of a prediction counts."""

votes = Table(
    "votes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("day", Date, nullable=False),
    Column("model_version", String(80), nullable=False),
    Column("useful", Boolean, nullable=False),
    Column("count", Integer, nullable=False),
    UniqueConstraint("day", "model_version", "useful", name="votes_of_day"),
)
"""Answers to "Was this useful?" by people who did not agree to anything else: counted by day."""

weight_changes = Table(
    "weight_changes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("model_version", String(80), nullable=False),
    Column("factors", JSON, nullable=False),
    Column("figures", JSON, nullable=False),
    Column("undone", Boolean, nullable=False),
)
"""Each change of the weights that follow the accuracy; see `viral.feedback.weights`."""
