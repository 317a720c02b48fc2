"""The model folder: LightGBM text and one manifest, checked before anything is opened.

`manifest.json` holds everything that is not a tree: the features in order with their units, the
weights of the stack and of the score, the calibration, where predictions stand, the data and dates
of the training, its figures, the versions of the libraries, and the SHA-256 of every tree file. Its
own SHA-256 stands in `manifest.sha256`. A file that is not the one that was written is refused
before LightGBM, which ends the process on a damaged text, sees it. Nothing is ever unpickled.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from viral.checked_json import checked_bytes, hash_of, read_sealed, refused, write_sealed
from viral.errors import ModelError
from viral.messages import Message
from viral.modalities import NAMES
from viral.model.encoders import EmbeddingLine, RisingCurve, TagTable
from viral.model.engagement import Split
from viral.model.evidence import Support
from viral.model.familiarity import Familiarity
from viral.model.gaussian_process import SmoothRegressor
from viral.model.growth_curve import GrowthCurve
from viral.model.inputs import PATTERNS, feature_names, modality_features
from viral.model.intervals import Calibration
from viral.model.model import Model, PatternModel
from viral.model.pairwise import PairErrors
from viral.model.percentile_score import Standing
from viral.model.regressors import Line, Regressor, booster_from_text
from viral.model.stack import PatternWeights
from viral.model.topics import NO_TOPICS, Topics
from viral.model.virality import ViralityWeights
from viral.settings import settings

MANIFEST = "manifest.json"
MANIFEST_HASH = "manifest.sha256"
FORMAT = 6
"""Raised when the manifest's layout changes."""
FILE_NAME = re.compile(r"[a-z0-9_]+\.txt")
"""What a tree file may be called: nothing that could lead out of the folder."""
ADVICE = Message("model.advice")
"""What to do about a folder that cannot be used."""


class RegressorWriter:
    """Collects tree files and their hashes."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}

    def regressor(self, name: str, regressor: Regressor) -> dict[str, Any]:
        """Return a regressor as the manifest has it; its trees become files called after `name`."""
        files = []
        for number, booster in enumerate(regressor.boosters):
            text = booster.model_to_string()
            # One file for equal trees: patterns may share a regressor.
            same = [file for file, other in self.texts.items() if other == text]
            file = same[0] if same else f"{name}_{number}.txt"
            self.texts[file] = text
            files.append(file)
        entry: dict[str, Any] = {"columns": list(regressor.columns), "files": files}
        if regressor.line is not None:
            entry["line"] = {"slopes": regressor.line.slopes, "means": regressor.line.means}
        if regressor.embedding_line is not None:
            entry["embedding_line"] = {
                "name": regressor.embedding_line.name,
                "mean": regressor.embedding_line.mean,
                "slopes": regressor.embedding_line.slopes,
            }
        if regressor.tags is not None:
            entry["tags"] = regressor.tags.lifts
        if regressor.curve is not None:
            entry["curve"] = {
                "column": regressor.curve.column,
                "knots": regressor.curve.knots,
                "values": regressor.curve.values,
            }
        if regressor.smooth is not None:
            entry["smooth"] = regressor.smooth.to_dict()
        if regressor.embedding_name is not None:
            entry["embedding_name"] = regressor.embedding_name
        return entry


def save(model: Model, folder: Path) -> None:
    """Write a model; the same model always gives the same bytes."""
    writer = RegressorWriter()
    patterns: dict[str, Any] = {}
    for name, pattern in model.patterns.items():
        patterns[name] = {
            "context": writer.regressor(f"{name}_context", pattern.context),
            "lifts": {
                modality: writer.regressor(f"{name}_{modality}", regressor)
                for modality, regressor in pattern.lifts.items()
            },
            "error": writer.regressor(f"{name}_error", pattern.error),
            "ratios": {
                count: writer.regressor(f"{name}_{count}", regressor)
                for count, regressor in pattern.split.ratios.items()
            },
            "ratio_priors": pattern.split.priors,
            "weights": {
                there: {
                    "intercept": weights.intercept,
                    "weights": weights.weights,
                    "raw_weights": weights.raw_weights,
                    "standard_errors": weights.standard_errors,
                    "posts": weights.posts,
                }
                for there, weights in pattern.weights.items()
            },
            "familiarity": pattern.familiarity.to_dict(),
        }
    manifest = {
        "format": FORMAT,
        "features": {name: _feature_list(name) for name in NAMES},
        "patterns": patterns,
        "growth": {
            "days": model.growth.days,
            "log_growth": model.growth.log_growth,
            "youngest_days": model.growth.youngest_days,
        },
        "virality_weights": model.virality_weights.to_dict(),
        "calibrations": {
            name: {"quantiles": calibration.quantiles, "counts": calibration.counts}
            for name, calibration in model.calibrations.items()
        },
        "standing": {
            "everyone": model.standing.everyone,
            "buckets": model.standing.buckets,
            "centres": model.standing.centres,
        },
        "typical": model.typical,
        "typical_by_size": model.typical_by_size,
        "topics": model.topics.to_dict(),
        "facts": model.facts,
        "support": model.support.to_dict(),
        "pairs": {name: pairs.to_dict() for name, pairs in model.pairs.items()},
        "learnt_until_days": model.learnt_until_days,
        "centring": model.centring,
        "drift": model.drift,
        "files": {
            file: hashlib.sha256(text.encode()).hexdigest() for file, text in writer.texts.items()
        },
    }
    manifest["version"] = f"{FORMAT}.{hash_of(manifest)}"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.txt"):
        if old.name not in writer.texts:
            old.unlink()
    for file, text in writer.texts.items():
        (folder / file).write_bytes(text.encode())
    write_sealed(manifest, folder, MANIFEST, MANIFEST_HASH)


def _feature_list(modality: str) -> list[dict[str, str]]:
    return [{"name": f.name, "unit": f.unit} for f in modality_features(modality)]


def _refused(folder: Path, why: Message) -> ModelError:
    return refused(folder, why, ADVICE)


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest after checking its hash, its format and its features.

    Raises
    ------
    ModelError
        It is missing, was changed, or was written for other features.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise ModelError(Message("model.no_folder", folder=folder.name))
    manifest = read_sealed(folder, MANIFEST, MANIFEST_HASH, ADVICE)
    if manifest.get("format") != FORMAT:
        raise _refused(folder, Message("model.why_other_version"))
    # A modality that is newer than the model has no weight in it; one that is gone would be missed.
    for modality, stored in manifest.get("features", {}).items():
        known = feature_names(modality) if modality in NAMES else ()
        if [entry.get("name") for entry in stored] != list(known):
            raise _refused(folder, Message("model.why_features", modality=modality))
    return manifest


class RegressorReader:
    """Opens tree files, each only after its hash agrees."""

    def __init__(self, folder: Path, files: Mapping[str, str]) -> None:
        self.folder = folder
        self.texts: dict[str, str] = {}
        for name, digest in files.items():
            if not FILE_NAME.fullmatch(name):
                raise _refused(folder, Message("model.why_foreign_file"))
            raw = checked_bytes(folder, name, ADVICE)
            if hashlib.sha256(raw).hexdigest() != digest:
                raise _refused(folder, Message("model.why_changed", file=name))
            self.texts[name] = raw.decode()
        self.boosters: dict[str, Any] = {}

    def booster(self, name: str) -> Any:
        """Return the trees of a file that was checked."""
        if name not in self.texts:
            raise _refused(self.folder, Message("model.why_not_listed", file=name))
        if name not in self.boosters:
            self.boosters[name] = booster_from_text(self.texts[name])
        return self.boosters[name]

    def regressor(self, entry: Mapping[str, Any]) -> Regressor:
        """Return the regressor that `RegressorWriter.regressor` wrote."""
        line = entry.get("line")
        embedding = entry.get("embedding_line")
        tags = entry.get("tags")
        smooth = entry.get("smooth")
        curve = entry.get("curve")
        return Regressor(
            columns=tuple(entry["columns"]),
            boosters=tuple(self.booster(name) for name in entry["files"]),
            line=None if line is None else Line(slopes=line["slopes"], means=line["means"]),
            embedding_line=None
            if embedding is None
            else EmbeddingLine(
                name=embedding["name"],
                mean=np.array(embedding["mean"], dtype=np.float64),
                slopes=np.array(embedding["slopes"], dtype=np.float64),
            ),
            tags=None if tags is None else TagTable(tags),
            embedding_name=entry.get("embedding_name"),
            smooth=None if smooth is None else SmoothRegressor.from_dict(smooth),
            curve=None
            if curve is None
            else RisingCurve(curve["column"], tuple(curve["knots"]), tuple(curve["values"])),
        )


def load(folder: Path) -> Model:
    """Read a model folder.

    Raises
    ------
    ModelError
        The folder is missing, damaged, truncated or made for other features; nothing of it was
        opened by LightGBM then.
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    try:
        reader = RegressorReader(folder, manifest["files"])
        patterns = {
            name: PatternModel(
                context=reader.regressor(entry["context"]),
                lifts={m: reader.regressor(e) for m, e in entry["lifts"].items()},
                weights={
                    there: PatternWeights(**weights) for there, weights in entry["weights"].items()
                },
                error=reader.regressor(entry["error"]),
                split=Split(
                    ratios={c: reader.regressor(e) for c, e in entry["ratios"].items()},
                    priors=entry.get("ratio_priors", {}),
                ),
                # Models that were written before there was such a thing widen nothing.
                familiarity=Familiarity.from_dict(entry.get("familiarity")),
            )
            for name, entry in manifest["patterns"].items()
        }
        if set(patterns) != set(PATTERNS):
            raise KeyError("patterns")
        standing = manifest["standing"]
        return Model(
            version=str(manifest["version"]),
            patterns=patterns,
            growth=GrowthCurve(
                days=tuple(manifest["growth"]["days"]),
                log_growth=tuple(manifest["growth"]["log_growth"]),
                youngest_days=float(manifest["growth"]["youngest_days"]),
            ),
            virality_weights=ViralityWeights(**manifest["virality_weights"]),
            calibrations={
                name: Calibration(
                    quantiles={g: np.array(q) for g, q in entry["quantiles"].items()},
                    counts=entry["counts"],
                )
                for name, entry in manifest["calibrations"].items()
            },
            standing=Standing(
                everyone=np.array(standing["everyone"]),
                buckets=np.array(standing["buckets"]),
                centres=np.array(standing["centres"]),
            ),
            typical={
                modality: {k: float("nan") if v is None else v for k, v in values.items()}
                for modality, values in manifest["typical"].items()
            },
            facts=manifest["facts"],
            support=Support.from_dict(manifest["support"]),
            pairs={n: PairErrors.from_dict(pairs) for n, pairs in manifest["pairs"].items()},
            typical_by_size=tuple(manifest.get("typical_by_size", ())),
            topics=Topics.from_dict(manifest["topics"]) if "topics" in manifest else NO_TOPICS,
            learnt_until_days=float(manifest["learnt_until_days"]),
            centring=manifest["centring"],
            drift=manifest["drift"],
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _refused(folder, Message("model.why_lacks")) from error


@cache
def _loaded(folder: Path) -> Model:
    return load(folder)


def shipped_model() -> Model:
    """Return the model of `VIRAL_MODEL_DIR`, read once.

    Raises
    ------
    ModelError
        See `load`.
    """
    return _loaded(settings().model_dir)
