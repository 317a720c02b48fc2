"""A network that is not there is said to be missing in the language of the page."""

from __future__ import annotations

import pytest

from viral.errors import WeightsError
from viral.messages import Message
from viral.modalities import text
from viral.modalities.networks import sentences
from viral.posts.details import PostDetails


def test_why_there_is_no_embedding_is_said_in_each_language(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(*_: object, **__: object) -> None:
        raise WeightsError(Message("weights.cannot_export", package="torch"))

    monkeypatch.setattr(sentences, "embed", missing)
    reason = text.extract(PostDetails(caption="How to fold a paper boat")).details[
        "embedding_reason"
    ]
    assert reason.startswith("The picture network cannot be exported")
    assert reason.said("es") not in ("", str(reason))
