"""What commands say of the numbers that were typed for a post."""

from __future__ import annotations

import pytest

from viral.commands.accounts import ECHOED, details_of


@pytest.mark.parametrize("option", [name for name, (_, many) in ECHOED.items() if many])
def test_what_was_read_of_a_list_is_said(option: str) -> None:
    said: list[str] = []
    typed = {"recent_views": "10K, 20K", option: "1,2K, 900"}
    details = details_of(None, said.append, **typed)
    assert getattr(details, option) == (1200.0, 900.0)
    name, _ = ECHOED[option]
    assert any(line.startswith(f"{name} read as ") for line in said)


def test_plain_numbers_need_no_echo() -> None:
    said: list[str] = []
    details_of(None, said.append, followers="12000", recent_views="900,1500,700")
    assert said == []
