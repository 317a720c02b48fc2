"""What Alembic runs: the steps that are missing, on the connection that it is given."""

from alembic import context

from viral.feedback.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
