"""The version of the package, for whoever inside it needs to name it."""

__version__ = "0.1.0"
