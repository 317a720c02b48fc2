"""What checks find: measure, bound, second, why and source, as data."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from viral.explain.platforms import CHECKED_ON
from viral.media.clip import ClipFacts
from viral.messages import Message
from viral.version import SCHEMA_VERSION

EDITORS = "editors' practice"


class Looked(Protocol):
    """What checks look at: an analysis, or what was seen in a clip."""

    @property
    def facts(self) -> ClipFacts:
        """What the file is."""

    @property
    def thumbnails(self) -> Any:
        """RGB uint8 `[n, height, width, 3]`, of any size."""

    @property
    def thumbnail_times_s(self) -> Any:
        """Their times, float64 `[n]`."""

    @property
    def measurements(self) -> Mapping[str, Any]:
        """Modality -> what it saw, with times."""


@dataclass(frozen=True)
class Finding:
    """What one check found."""

    name: str
    """Such as `length`."""
    kind: str
    """`limit` of the platform's, `craft`, or `fact`, which is neither good nor bad."""
    passed: bool | None
    """None where it could not be measured, and for facts."""
    measure: float | None
    unit: str
    threshold: float | None
    second_s: float | None
    """Where to look, or None for the whole clip."""
    title: Message
    sentence: Message
    """What was found, and what to do where it did not pass."""
    why: Message
    source: str

    def to_dict(self) -> dict[str, Any]:
        """Return it in plain types; sentences in English."""
        return {
            "name": self.name,
            "kind": self.kind,
            "passed": self.passed,
            "measure": self.measure,
            "unit": self.unit,
            "threshold": self.threshold,
            "second_s": self.second_s,
            "title": str(self.title),
            "sentence": str(self.sentence),
            "why": str(self.why),
            "source": self.source,
        }


@dataclass(frozen=True)
class Report:
    """All findings of a clip for one platform."""

    platform: str
    findings: tuple[Finding, ...]
    limits_checked_on: str = CHECKED_ON
    read_text: bool = True
    """Whether text on screen was looked for; without, its checks are not among the findings."""

    @property
    def passed(self) -> bool:
        """Whether nothing failed; what is unknown does not."""
        return all(finding.passed is not False for finding in self.findings)

    @property
    def failed(self) -> tuple[Finding, ...]:
        """What did not pass: limits first, then by the second."""
        found = [finding for finding in self.findings if finding.passed is False]
        return tuple(
            sorted(found, key=lambda each: (each.kind != "limit", each.second_s or 0.0, each.name))
        )

    def to_dict(self) -> dict[str, Any]:
        """Return it in plain types."""
        return {
            "schema_version": SCHEMA_VERSION,
            "platform": self.platform,
            "passed": self.passed,
            "limits_checked_on": self.limits_checked_on,
            "read_text": self.read_text,
            "checks": [finding.to_dict() for finding in self.findings],
        }


class Findings:
    """Collects findings; keys of their sentences follow from their names."""

    def __init__(self) -> None:
        self.found: list[Finding] = []

    def add(
        self,
        name: str,
        passed: bool | None,
        measure: float | None,
        unit: str,
        *,
        threshold: float | None = None,
        second_s: float | None = None,
        kind: str = "craft",
        source: str = EDITORS,
        **values: Any,
    ) -> None:
        """Add a finding; `values` fill its sentence beside measure and threshold."""
        if measure is not None and not math.isfinite(measure):
            measure = passed = None
        places = {"measure": measure, "threshold": threshold, **values}
        if passed is False:
            sentence = Message(f"check.failed.{name}", **places)
        elif measure is None:
            sentence = Message("check.unknown")
        else:
            sentence = Message("check.measured", measure=measure, unit=unit)
        self.found.append(
            Finding(
                name=name,
                kind=kind,
                passed=passed,
                measure=measure,
                unit=unit,
                threshold=threshold,
                second_s=second_s,
                title=Message(f"check.title.{name}"),
                sentence=sentence,
                why=Message(f"check.why.{name}"),
                source=source,
            )
        )
