"""Clients, predictions, outcomes and votes."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the first four tables."""
    op.create_table(
        "clients",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("consent_version", sa.Integer, nullable=False),
    )
    op.create_table(
        "predictions",
        sa.Column(
            "client",
            sa.Integer,
            sa.ForeignKey("clients.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("id", sa.String(20), primary_key=True),
        sa.Column("model_version", sa.String(80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("useful", sa.Boolean, nullable=True),
        sa.Column("body", sa.JSON, nullable=False),
    )
    op.create_table(
        "outcomes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("client", sa.Integer, nullable=False),
        sa.Column("prediction", sa.String(20), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("days", sa.Float, nullable=False),
        sa.Column("views", sa.Float, nullable=True),
        sa.Column("likes", sa.Float, nullable=True),
        sa.Column("comments", sa.Float, nullable=True),
        sa.Column("shares", sa.Float, nullable=True),
        sa.Column("via", sa.String(10), nullable=False),
        sa.Column("post_hash", sa.String(32), nullable=True),
        sa.Column("standing", sa.String(12), nullable=False),
        sa.Column("reason", sa.String(200), nullable=True),
        sa.ForeignKeyConstraint(
            ["client", "prediction"],
            ["predictions.client", "predictions.id"],
            ondelete="CASCADE",
        ),
    )
    op.create_index("outcomes_of_prediction", "outcomes", ["client", "prediction"])
    op.create_index("outcomes_standing", "outcomes", ["standing"])
    op.create_table(
        "votes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("model_version", sa.String(80), nullable=False),
        sa.Column("useful", sa.Boolean, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.UniqueConstraint("day", "model_version", "useful", name="votes_of_day"),
    )


def downgrade() -> None:
    """Drop them again."""
    for name in ("votes", "outcomes", "predictions", "clients"):
        op.drop_table(name)
