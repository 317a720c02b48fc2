"""The `viral` command: one module a command; options in, printed results out."""
