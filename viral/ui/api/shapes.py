"""The shapes of the API's answers, field by field."""

from __future__ import annotations

from typing import NotRequired

from typing_extensions import TypedDict  # typing's is not for pydantic to read on Python 3.11


class Range(TypedDict):
    """An 80 % range with its median."""

    low: float
    median: float
    high: float


class FindingJson(TypedDict):
    """What one check found; `passed` is null for facts and for what could not be measured."""

    name: str
    kind: str
    passed: bool | None
    measure: float | None
    unit: str
    threshold: float | None
    second_s: float | None
    title: str
    sentence: str
    why: str
    source: str


class CheckJson(TypedDict):
    """A clip, checked for a platform, as `viral check --json` prints it."""

    schema_version: int
    platform: str
    passed: bool
    limits_checked_on: str
    read_text: bool
    checks: list[FindingJson]


class CoverJson(TypedDict):
    """A picture that would make a cover; `jpeg` in base64 where pictures were asked for."""

    second_s: float
    reasons: list[str]
    jpeg: str | None


class CoversJson(TypedDict):
    """The best covers of a clip for a platform, best first."""

    schema_version: int
    platform: str
    size_px: list[int]
    covers: list[CoverJson]
    notes: list[str]


class FurthestJson(TypedDict):
    """A feature that lies outside of what 98 of 100 training posts had."""

    name: str
    label: str
    input: float
    low: float
    high: float


class FamiliarityJson(TypedDict):
    """How much the post is like those that the model learnt from."""

    percent: float
    widening: float
    furthest: list[FurthestJson]


class NearestJson(TypedDict):
    """What a text lies closest to among past captions, and how many of them are about it."""

    about: str
    posts: int


class ContributionJson(TypedDict):
    """What one feature adds, in log10 virality."""

    name: str
    label: str
    modality: str
    group: str
    value: float
    input: float | str | None
    typical: float | str | None
    unit: str
    nearest: NotRequired[list[NearestJson]]


class PartJson(TypedDict):
    """What one modality adds, in log10 virality."""

    name: str
    value: float


class AverageJson(TypedDict):
    """Where the same way begins from the average post, and what the account's numbers add then."""

    base: float
    levels: dict[str, float]


class ContributionsJson(TypedDict):
    """`base` and the modalities, or `base` and the features, add up to `prediction`."""

    unit: str
    base_is: str
    base: float
    average: NotRequired[AverageJson]
    prediction: float
    modalities: list[PartJson]
    features: list[ContributionJson]


class PredictionJson(TypedDict):
    """A prediction, as `viral predict --json` prints it."""

    schema_version: int
    id: str
    model_version: str
    score: float
    score_among: str
    breakout_probability: float
    horizon_days: float
    usual_views: float | None
    virality: Range
    views: Range
    likes: Range
    comments: Range
    shares: Range
    saves: Range | None
    explanation: ContributionsJson
    familiarity: FamiliarityJson
    missing: list[str]
    warnings: list[str]


class FeatureJson(TypedDict):
    """What one feature adds: log10, as a factor on views, and as a sentence."""

    name: str
    label: str
    value: float
    factor: float
    input: float | str | None
    typical: float | str | None
    unit: str
    sentence: str


class GroupJson(TypedDict):
    """What the features of one group add together."""

    name: str
    value: float
    factor: float
    features: list[FeatureJson]


class ModalityJson(TypedDict):
    """What one modality adds, group by group."""

    name: str
    value: float
    factor: float
    groups: list[GroupJson]


class ExplanationJson(TypedDict):
    """The way from the account's usual, or the average post, to this prediction; each level adds up
    to the one above it."""

    schema_version: int
    result: str
    model_version: str
    unit: str
    base_is: str
    base: float
    prediction: float
    views: Range
    modalities: list[ModalityJson]
    missing: dict[str, str | None]
    transcript: str


class WhatIfJson(TypedDict):
    """Another prediction for a clip that was looked at before."""

    schema_version: int
    result: str
    views_before: Range
    factor: float
    prediction: PredictionJson


class DifferenceJson(TypedDict):
    """One thing in which the best cut and another differ."""

    name: str
    label: str
    value: float
    factor: float
    best: float | str | None
    other: float | str | None
    unit: str


class AgainstJson(TypedDict):
    """What the best cut has over another; the values add up to the difference of the two."""

    best: str
    other: str
    differences: list[DifferenceJson]


class CutJson(TypedDict):
    """One cut: its prediction, or why there is none."""

    cut: str
    result: str | None
    prediction: PredictionJson | None
    problem: str | None


class ComparisonJson(TypedDict):
    """Two to four cuts for one account."""

    schema_version: int
    cuts: list[CutJson]
    order: list[str]
    beats: dict[str, dict[str, float | None]]
    pairs: int
    against: list[AgainstJson]
