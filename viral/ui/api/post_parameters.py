"""The post that the endpoints ask about: its parameters, types and words, written once.

Gradio reads the signature, the types and the docstring of an endpoint. `takes_post` writes the
parameters of the post into all three, where the endpoint has a parameter called `post`.
"""

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from viral.posts.accounts.account_json import account_from_json
from viral.posts.accounts.posting import details_with
from viral.posts.details import DEFAULT_HORIZON_DAYS, PostDetails

Post = Mapping[str, Any]
"""Name of a parameter -> what was sent, None where nothing was."""
NOTHING: Post = MappingProxyType({})
MARK = re.compile(r"(?P<indent>[ ]*)\{post\}")
"""Where the docstring of an endpoint has the lines of the post."""


@dataclass(frozen=True)
class Parameter:
    """One parameter of the post."""

    name: str
    kind: Any
    told: str
    """What it is, for an endpoint that predicts a post."""
    changed: str
    """What it is for `what_if`, where left out means as it was."""
    default: Any = None


_SAME = ", in the same order."
FIRST = (
    Parameter(
        "caption",
        str | None,
        "The text of the post, hashtags included.",
        "Another caption; left out, it stays as it was, like everything below.",
    ),
    Parameter(
        "followers", float | None, "Followers of the account.", "Another number of followers."
    ),
    Parameter(
        "recent_views",
        list[float] | None,
        "Views of the account's last posts, oldest first.",
        "Other views of last posts, oldest first; drops the counts of the old ones.",
    ),
    Parameter(
        "recent_likes",
        list[float] | None,
        f"Likes of the same posts{_SAME}",
        f"Likes of the posts whose views count{_SAME}",
    ),
    Parameter(
        "recent_comments",
        list[float] | None,
        f"Comments on the same posts{_SAME}",
        f"Comments on them{_SAME}",
    ),
    Parameter(
        "recent_shares",
        list[float] | None,
        f"Shares of the same posts{_SAME}",
        f"Shares of them{_SAME}",
    ),
    Parameter(
        "posted_at",
        str | None,
        "When it will be posted, ISO 8601; UTC where no zone is given.",
        "Another time, ISO 8601; UTC where no zone is given.",
    ),
    Parameter(
        "sound",
        str | None,
        '"original", or the name of the sound.',
        '"original", or the name of another sound.',
    ),
    Parameter(
        "horizon_days",
        float | None,
        "Days after posting at which the counts are wanted, 1 to 365.",
        "Other days after posting, 1 to 365.",
        DEFAULT_HORIZON_DAYS,
    ),
)
"""They follow the clip."""
LAST = (
    Parameter(
        "recent_saves",
        list[float] | None,
        f"Saves of the same posts{_SAME}",
        f"Saves of the posts whose views count{_SAME}",
    ),
    Parameter(
        "platform",
        str | None,
        "tiktok, reels, shorts or unknown.",
        "Another platform: tiktok, reels, shorts or unknown.",
    ),
    Parameter(
        "account",
        dict[str, Any] | None,
        "The account with its last posts, see docs/api.md; what is said beside it goes before it.",
        "Another account with its last posts, in place of what was known of the old one.",
    ),
)
"""They came later and stand at the end, so that calls by position go on as they were."""
NAMES = tuple(parameter.name for parameter in (*FIRST, *LAST))


def details_of(post: Post) -> PostDetails:
    """Return what was said of a post; null counts as left out.

    Raises
    ------
    DetailsError
        Something makes no sense.
    """
    said = {name: value for name, value in post.items() if value is not None}
    account = said.pop("account", None)
    # What comes from outside is never the path of a file here.
    return details_with(None if account is None else account_from_json(account), **said)


def takes_post(*, changes: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator that gives an endpoint the parameters of a post.

    Parameters
    ----------
    changes : bool
        Whether they are changes to a post that was predicted before: nothing has a default then.
    """

    def shaped(parameter: Parameter) -> inspect.Parameter:
        return inspect.Parameter(
            parameter.name,
            inspect.Parameter.POSITIONAL_OR_KEYWORD,
            default=None if changes else parameter.default,
            annotation=parameter.kind,
        )

    def decorated(function: Callable[..., Any]) -> Callable[..., Any]:
        written = inspect.signature(function)
        parameters: list[inspect.Parameter] = []
        for own in written.parameters.values():
            parameters += map(shaped, FIRST) if own.name == "post" else [own]
        signature = written.replace(parameters=[*parameters, *map(shaped, LAST)])

        def endpoint(*values: Any, **named: Any) -> Any:
            bound = signature.bind(*values, **named)
            bound.apply_defaults()
            post = {name: bound.arguments.pop(name) for name in NAMES}
            return function(**bound.arguments, post=post)

        lines = [f"{one.name}: {one.changed if changes else one.told}" for one in (*FIRST, *LAST)]
        endpoint.__name__ = function.__name__
        endpoint.__doc__ = MARK.sub(
            lambda found: "\n".join(found["indent"] + line for line in lines),
            function.__doc__ or "",
        )
        endpoint.__annotations__ = {
            **{name: one.annotation for name, one in signature.parameters.items()},
            "return": signature.return_annotation,
        }
        endpoint.__signature__ = signature  # type: ignore[attr-defined]
        return endpoint

    return decorated
