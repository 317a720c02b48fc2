"""A clip behind a link in place of a file, where the host allows it."""
