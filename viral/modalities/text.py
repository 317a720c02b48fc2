"""Text: what the caption says and how it is written.

A creator would call it the caption and the hashtags. Counts are plain numbers, shares lie in 0..1,
and everything but the hashtag features is measured on the caption without its hashtags, so that a
post is the same whether its hashtags stand in the caption or in a column of their own.

`measure` reads one caption, `pool` hands its numbers on (a caption has no times, so nothing is ever
cut away), `extract` does both, and `extract_table` does it for a table, with equal results.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from viral.errors import WeightsError
from viral.messages import Message
from viral.modalities.emoji import count_emoji, without_emoji
from viral.modalities.features import Feature, Features, ShownAs, Spans, without_anything
from viral.modalities.language import language_of
from viral.modalities.language import load as load_languages
from viral.modalities.networks import sentences
from viral.posts.details import PostDetails
from viral.posts.hashtags import hashtags_in, is_reach_tag, listed, without_hashtags

FEATURES = (
    Feature(
        "caption_characters",
        "Caption length",
        "characters",
        "Length",
        "Characters of the caption without its hashtags.",
    ),
    Feature(
        "caption_words",
        "Words in the caption",
        "",
        "Length",
        "Runs between spaces that hold a letter or digit, hashtags left out.",
    ),
    Feature("hashtag_count", "Hashtags", "", "Hashtags", "Different hashtags."),
    Feature(
        "reach_tag_count",
        "Hashtags that only ask for reach",
        "",
        "Hashtags",
        "Different hashtags such as #fyp, #viral or #xuhuong that name no topic.",
    ),
    Feature(
        "hashtag_characters",
        "Length of the hashtags",
        "characters",
        "Hashtags",
        "Mean characters of a hashtag; not measured without hashtags.",
    ),
    Feature("mention_count", "People mentioned", "", "Style", "Mentions such as @name."),
    Feature(
        "emoji_count",
        "Emoji",
        "",
        "Style",
        "Emoji as a reader sees them: a flag or a joined family is one.",
    ),
    Feature("question_count", "Question marks", "", "Style", "Question marks of any script."),
    Feature("exclamation_count", "Exclamation marks", "", "Style", "Exclamation marks."),
    Feature(
        "uppercase_share",
        "Capital letters",
        "",
        "Style",
        "Share of the letters with case that are capitals, 0..1; not measured without such "
        "letters.",
        shown_as=ShownAs.SHARE,
    ),
    Feature("number_count", "Numbers", "", "Style", "Numbers written in digits."),
    Feature("link_count", "Links", "", "Style", "Web addresses."),
    Feature(
        "english",
        "Caption in English",
        "",
        "Language",
        "1 where the caption is in English, 0 where it is in another language; not measured where "
        "the language cannot be told.",
        shown_as=ShownAs.YES_OR_NO,
    ),
)
"""What is measured, in order."""

EMBEDDING_NAME = sentences.EMBEDDING_NAME
"""Which embedding `Features.embedding` is."""

NO_TEXT = Message("text.no_caption")

_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_MENTION = re.compile(r"(?<![\w.])@[\w.]*\w")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_QUESTION = re.compile(r"[?？؟⁇⁈⁉❓❔;]")
_EXCLAMATION = re.compile(r"[!！¡‼⁈⁉❗❕]")


@dataclass(frozen=True)
class CaptionMeasurements:
    """What was read in one caption."""

    values: Mapping[str, float]
    """Feature name -> float, keys as in `FEATURES`."""
    sentence: str
    """What is embedded: the caption's words and the topics that its hashtags name."""
    hashtags: tuple[str, ...]
    """Different hashtags, lower case, in order of appearance."""
    language: str | None
    """ISO 639-1 code, or None where it cannot be told."""
    missing: bool
    """Whether there was neither a caption nor a list of hashtags."""


def _uppercase_share(text: str) -> float:
    upper = sum(map(str.isupper, text))
    cased = upper + sum(map(str.islower, text))
    return upper / cased if cased else math.nan


def _caption_values(body: str, words: str, language: str | None) -> dict[str, float]:
    return {
        "caption_characters": len(body),
        "caption_words": sum(any(map(str.isalnum, run)) for run in words.split()),
        "mention_count": len(_MENTION.findall(body)),
        "emoji_count": count_emoji(body),
        "question_count": len(_QUESTION.findall(body)),
        "exclamation_count": len(_EXCLAMATION.findall(body)),
        "uppercase_share": _uppercase_share(words),
        "number_count": len(_NUMBER.findall(words)),
        "link_count": len(_LINK.findall(body)),
        "english": math.nan if language is None else float(language == "en"),
    }


def _read(caption: str | None, tags: tuple[str, ...] | None) -> CaptionMeasurements:
    values = {feature.name: math.nan for feature in FEATURES}
    words, language = "", None
    if caption is not None and caption.strip():
        tags = tuple(dict.fromkeys((*hashtags_in(caption), *(tags or ()))))
        body = without_hashtags(caption)
        words = " ".join(_MENTION.sub(" ", _LINK.sub(" ", body)).split())
        language = language_of(without_emoji(words))
        values |= _caption_values(body, words, language)
    missing = tags is None
    tags = tags or ()
    topics = [tag for tag in tags if not is_reach_tag(tag)]
    if not missing:
        values["hashtag_count"] = float(len(tags))
        values["reach_tag_count"] = float(len(tags) - len(topics))
    if tags:
        values["hashtag_characters"] = sum(map(len, tags)) / len(tags)
    return CaptionMeasurements(
        values={name: float(value) for name, value in values.items()},
        sentence=" ".join([words, *topics]).strip(),
        hashtags=tags,
        language=language,
        missing=missing,
    )


def load() -> None:
    """Load what captions are read with, ahead of the first one.

    Raises
    ------
    WeightsError
        The encoder's package is missing or is not the published one.
    """
    load_languages()
    sentences.load()


def measure(details: PostDetails) -> CaptionMeasurements:
    """Read the caption of a post."""
    return _read(details.caption, None)


def pool(measurements: CaptionMeasurements, keep: Spans | None = None) -> Features:
    """Return the features of a caption. It has no times, so `keep` changes nothing.

    Returns
    -------
    Features
        Missing, with the reason, where there is no caption. The embedding is None where the caption
        has no words; where the encoder is not installed `details["embedding_reason"]` says so.
    """
    del keep
    if measurements.missing:
        return without_anything("text", FEATURES, NO_TEXT)
    details: dict[str, Any] = {
        "hashtags": measurements.hashtags,
        "reach_tags": tuple(filter(is_reach_tag, measurements.hashtags)),
        "language": measurements.language,
        "embedded": measurements.sentence,
    }
    embedding = None
    if measurements.sentence:
        try:
            embedding = sentences.embed([measurements.sentence])[0]
        except WeightsError as error:
            details["embedding_reason"] = error.message
    return Features(
        modality="text",
        values=measurements.values,
        embedding=embedding,
        embedding_name=None if embedding is None else EMBEDDING_NAME,
        details=details,
    )


def extract(details: PostDetails) -> Features:
    """Read the caption of a post and return its features."""
    return pool(measure(details))


def _column(posts: pd.DataFrame, name: str) -> Sequence[Any]:
    return posts[name].tolist() if name in posts else [None] * len(posts)


def extract_table(posts: pd.DataFrame, *, embed: bool = True) -> tuple[pd.DataFrame, np.ndarray]:
    """Read the captions of a table of posts.

    Parameters
    ----------
    posts : pd.DataFrame
        With the columns `caption` (str or missing), `hashtags` (list of str or missing) or both.
        Tags that stand in both count once.
    embed : bool
        Whether to embed; without it a table of 100,000 posts takes seconds.

    Returns
    -------
    values : pd.DataFrame [shape=(n, len(FEATURES)), dtype=float64]
        One column a feature, the index of `posts`; NaN where it could not be measured.
    embeddings : np.ndarray [shape=(n, 512), dtype=float32]
        One row a post; NaN where there are no words. Without columns where `embed` is false.

    Raises
    ------
    WeightsError
        Embeddings are asked for and the encoder is not installed.
    """
    captions = [text if isinstance(text, str) else None for text in _column(posts, "caption")]
    tags = [listed(cell) for cell in _column(posts, "hashtags")]
    read: dict[tuple[str | None, tuple[str, ...] | None], CaptionMeasurements] = {}
    rows = []
    for key in zip(captions, tags, strict=True):
        if key not in read:
            read[key] = _read(*key)
        rows.append(read[key])
    names = [feature.name for feature in FEATURES]
    values = pd.DataFrame(
        np.array([[row.values[name] for name in names] for row in rows]).reshape(-1, len(names)),
        columns=names,
        index=posts.index,
    )
    if not embed:
        return values, np.zeros((len(posts), 0), dtype=np.float32)
    embeddings = np.full((len(posts), sentences.EMBEDDING_DIMENSIONS), np.nan, dtype=np.float32)
    different = list(dict.fromkeys(row.sentence for row in rows if row.sentence))
    place = {sentence: index for index, sentence in enumerate(different)}
    if different:
        vectors = sentences.embed(different)
        worded = [index for index, row in enumerate(rows) if row.sentence]
        embeddings[worded] = vectors[[place[rows[index].sentence] for index in worded]]
    return values, embeddings
