"""The way through the house: a file -> `Clip` -> `Features` -> `Prediction`."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from viral.clip_cache import Seen, remembered
from viral.media.clip import Clip, ClipFacts
from viral.memory import give_back
from viral.messages import Message
from viral.modalities import FROM_CLIP, module_of
from viral.modalities.features import Features, Spans, without_anything
from viral.model.prediction import Prediction, prediction_id
from viral.posts.accounts.account import Account
from viral.posts.accounts.posting import details_with
from viral.posts.accounts.reading import ReadAccount, read_account
from viral.posts.details import PostDetails
from viral.serving_model import account_model_at, model_in_force
from viral.settings import settings

if TYPE_CHECKING:
    from viral.account.model import AccountModel

STAGES = ("reading", "looking", "listening", "transcribing", "scoring")
"""What a user watches go by."""
STAGE_OF = {"visual": "looking", "audio": "listening", "speech": "transcribing"}
"""Modality -> its stage; one that is not listed counts to the stage before it."""

BESIDE = "visual"
"""The modality that a second thread measures."""

NOT_MEASURED = Message("modality.not_measured")

OnStage = Callable[[str], None]


@dataclass(frozen=True)
class Analysis:
    """A clip looked at once, ready to be predicted again with other details or other spans."""

    facts: ClipFacts
    thumbnails: Any
    """RGB uint8 `[n, h, w, 3]`, about one a second."""
    thumbnail_times_s: Any
    measurements: Mapping[str, Any]
    """Modality -> what it saw, with times."""
    details: PostDetails
    keep: Spans | None
    """The parts of the clip that count, or None for all of it."""
    features: Mapping[str, Features]
    prediction: Prediction
    clip_warnings: tuple[str, ...] = ()
    """Sentences about what could not be read in the file."""
    account_model: AccountModel | None = None
    """What was learnt of the account, on top of the model; None where nothing was given."""

    def again(self, *, details: PostDetails | None = None, keep: Spans | None = None) -> Analysis:
        """Predict again with other details or other spans; nothing is decoded again."""
        details = details or self.details
        features = pooled(self.measurements, self.facts, details, keep)
        prediction = _predicted(
            features, details, self.clip_warnings, (self.facts.sha256, keep), self.account_model
        )
        return replace(self, details=details, keep=keep, features=features, prediction=prediction)


def model_of(analysis: Analysis) -> Any:
    """Return the model that made a result, with what was learnt of its account.

    Raises
    ------
    ModelError
        It is missing or was changed meanwhile.
    """
    return model_in_force(analysis.account_model)


def _predicted(
    features: Mapping[str, Features],
    details: PostDetails,
    clip_warnings: tuple[str, ...],
    clip: tuple[str, Spans | None],
    own: AccountModel | None,
) -> Prediction:
    from viral.model import explained

    prediction = explained.predict(model_in_force(own), features, details)
    warnings = (*clip_warnings, *details.warnings, *prediction.warnings)
    said = replace(details, warnings=())
    return replace(
        prediction,
        warnings=tuple(dict.fromkeys(warnings)),
        id=prediction_id(prediction.model_version, clip, said),
    )


def _nothing(stage: str) -> None:
    del stage


def measured(
    clip: Clip, on_stage: OnStage = _nothing, meanwhile: Callable[[], None] = lambda: None
) -> dict[str, Any]:
    """Look at a clip, listen to it and transcribe it: modality -> measurements.

    With two threads or more (`settings().threads`) the pictures are looked at by a second one
    while the sound is listened to; `meanwhile` is called there afterwards.
    """
    modules = {name: module_of(name) for name in FROM_CLIP}
    found: dict[str, Any] = {}
    with ThreadPoolExecutor(1) as second:

        def beside() -> Any:
            seen = modules[BESIDE].measure(clip)
            meanwhile()
            return seen

        looking = None
        for name, module in modules.items():
            if name in STAGE_OF:
                on_stage(STAGE_OF[name])
            if name == BESIDE and settings().threads > 1:
                looking = second.submit(copy_context().run, beside)
            else:
                found[name] = module.measure(clip)
        if looking is not None:
            found[BESIDE] = looking.result()
    return {name: found[name] for name in FROM_CLIP}


def _load_what_looks() -> None:
    """Load what pictures are looked at with; what fails then says so when it is used."""
    from viral.modalities.networks import faces, imagenet

    for load in (imagenet.network, faces.load):
        with contextlib.suppress(Exception):
            load()


def _load_what_comes_last() -> None:
    from viral.modalities import text

    for load in (text.load, model_in_force):
        with contextlib.suppress(Exception):
            load()


def pooled(
    measurements: Mapping[str, Any],
    facts: ClipFacts,
    details: PostDetails,
    keep: Spans | None = None,
) -> dict[str, Features]:
    """Turn measurements into features for the whole clip or for the spans of it in `keep`."""
    from viral.modalities import context, text

    duration_s = facts.duration_s if keep is None else sum(end - start for start, end in keep)
    return {
        **{name: _pooled(name, measurements, keep) for name in FROM_CLIP},
        "text": text.extract(details),
        "context": context.extract(
            details, duration_s=duration_s, width=facts.width, height=facts.height
        ),
    }


def _pooled(name: str, measurements: Mapping[str, Any], keep: Spans | None) -> Features:
    """Return the features of a modality, missing where nobody looked for it."""
    module = module_of(name)
    if name not in measurements:
        return without_anything(name, module.FEATURES, NOT_MEASURED)
    features: Features = module.pool(measurements[name], keep)
    return features


def seen(path: str | Path, on_stage: OnStage = _nothing) -> Seen:
    """Read a clip and measure everything in it, or recall what was measured in the same content.

    Raises
    ------
    ViralError
        The clip cannot be read.
    """
    from viral.media.reader import content_hash, read_clip

    on_stage("reading")
    store = remembered()
    if len(store):
        known = store.get(content_hash(path))
        if known is not None:
            return known
    with ThreadPoolExecutor(1) as second:
        # In a fresh process the network is loaded while the clip is decoded; later it is there.
        loading = second.submit(_load_what_looks) if settings().threads > 1 else None
        clip = read_clip(path)
        if loading is not None:
            loading.result()
    found = Seen.of(clip, measured(clip, on_stage, _load_what_comes_last))
    store.keep(found)
    give_back()
    return found


def analyse(
    path: str | Path,
    details: PostDetails | None = None,
    on_stage: OnStage = _nothing,
    *,
    account_model: str | Path | None = None,
) -> Analysis:
    """Read a clip, measure everything in it and predict.

    `account_model` is the folder of an account's own model, from `viral train --account`.

    A clip whose content was looked at shortly before is not looked at again; its thumbnails are
    then small ones. See `viral.clip_cache`.

    Raises
    ------
    ViralError
        The clip cannot be read, or no model is there.
    """
    details = details or PostDetails()
    own = account_model_at(account_model)
    clip = seen(path, on_stage)
    on_stage("scoring")
    features = pooled(clip.measurements, clip.facts, details)
    prediction = _predicted(features, details, clip.warnings, (clip.facts.sha256, None), own)
    return Analysis(
        facts=clip.facts,
        thumbnails=clip.thumbnails,
        thumbnail_times_s=clip.thumbnail_times_s,
        measurements=clip.measurements,
        details=details,
        keep=None,
        features=features,
        prediction=prediction,
        clip_warnings=clip.warnings,
        account_model=own,
    )


def predict(
    clip: str | Path,
    *,
    caption: str | None = None,
    followers: Any = None,
    recent_views: Any = None,
    recent_likes: Any = None,
    recent_comments: Any = None,
    recent_shares: Any = None,
    recent_saves: Any = None,
    platform: str | None = None,
    posted_at: Any = None,
    sound: str | None = None,
    horizon_days: float = 30.0,
    account: Account | ReadAccount | str | Path | None = None,
    account_model: str | Path | None = None,
    on_stage: OnStage = _nothing,
) -> Prediction:
    """Predict how far a clip is likely to travel. Everything but the clip is optional.

    See `viral.posts.details.post_details` for the form of each argument. `account` is the account
    with its last posts: a file that `viral posts import` reads, a list of views, or an `Account`;
    what is given beside it goes before what it says, see `viral.posts.accounts.posting`.
    `account_model` is the folder of an account's own model, from `viral train --account`.

    Raises
    ------
    ViralError
        The clip cannot be read or a detail makes no sense; the sentence says what to do.
    """
    read = read_account(account)
    details = details_with(
        read.account if read else None,
        caption=caption,
        followers=followers,
        recent_views=recent_views,
        recent_likes=recent_likes,
        recent_comments=recent_comments,
        recent_shares=recent_shares,
        recent_saves=recent_saves,
        platform=platform,
        posted_at=posted_at,
        sound=sound,
        horizon_days=horizon_days,
    )
    if read is not None:
        details = replace(details, warnings=(*read.notes, *details.warnings))
    return analyse(clip, details, on_stage, account_model=account_model).prediction
