"""`python -m viral` is the `viral` command."""

from __future__ import annotations

from viral.commands.cli import main

main()
