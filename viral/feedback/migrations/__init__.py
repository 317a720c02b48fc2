"""Alembic's scripts: how the store's tables came to be, one step a file."""
