"""The version of the package, for whoever inside it needs to name it."""

__version__ = "1.0.0"

SCHEMA_VERSION = 1
"""Of the answers as JSON, see docs/schemas. It goes up when a field goes, or changes its meaning or
its type; a new field leaves it as it is."""
