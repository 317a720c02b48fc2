"""The parameters of a post, written once and seen by every endpoint."""

import inspect
from pathlib import Path
from typing import Any

import pytest

from viral.errors import DetailsError
from viral.posts.details import PostDetails
from viral.ui.api.post_parameters import NAMES, Post, details_of, takes_post


@takes_post()
def asked(clip: str, post: Post) -> dict[str, Any]:
    """Ask.

    Args:
        clip: The clip.
        {post}
    """
    return {"clip": clip, **post}


@takes_post(changes=True)
def changed(result: str, post: Post, trim_end_s: float | None = None) -> dict[str, Any]:
    """Change."""
    return {"result": result, "trim_end_s": trim_end_s, **post}


def test_an_endpoint_has_the_parameters_of_a_post_between_its_own_and_the_late_ones() -> None:
    names = list(inspect.signature(changed).parameters)
    assert names == ["result", *NAMES[:9], "trim_end_s", *NAMES[9:]]
    assert set(asked.__annotations__) == {"clip", *NAMES, "return"}


def test_each_parameter_has_its_line() -> None:
    assert asked.__doc__ is not None
    lines = [line.strip().partition(":")[0] for line in asked.__doc__.splitlines()]
    assert [line for line in lines if line in NAMES] == list(NAMES)
    assert "{post}" not in asked.__doc__


def test_values_by_position_reach_their_names() -> None:
    got = asked("clip.mp4", "words", 12.0, [1.0], None, None, None, None, None, 7.0, [2.0], "reels")
    assert got["clip"] == "clip.mp4"
    assert (got["caption"], got["followers"], got["horizon_days"]) == ("words", 12.0, 7.0)
    assert (got["recent_saves"], got["platform"]) == ([2.0], "reels")


def test_null_is_as_left_out() -> None:
    nothing = asked("clip.mp4", *[None] * len(NAMES))
    nothing.pop("clip")
    assert details_of(nothing) == PostDetails()
    assert changed("id")["horizon_days"] is None


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(DetailsError, match="Followers"):
        details_of({"followers": -3})


def test_an_account_tells_what_was_not_said() -> None:
    account = {"followers": 500, "posts": [{"views": 900, "posted_at": "2026-02-01"}]}
    details = details_of({"account": account, "caption": "leeks"})
    assert (details.followers, details.recent_views) == (500.0, (900.0,))
    assert details_of({"account": account, "followers": 7.0}).followers == 7.0


def test_an_account_is_never_the_path_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "account.json"
    path.write_text('{"version": 1, "posts": [{"views": 900}]}', encoding="utf-8")
    with pytest.raises(DetailsError, match="readable JSON"):
        details_of({"account": str(path)})
