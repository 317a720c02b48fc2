"""Errors meant for a person.

`ViralError` and its children carry one `Message` that says what is wrong and what to do next. The
command prints it and exits with 2, the app shows it in the reader's language, the API returns it.
Any other exception is a bug.
"""

from __future__ import annotations

from viral.messages import Message


class ViralError(Exception):
    """What every bad input raises; `str(error)` is one sentence for the user.

    Parameters
    ----------
    message : Message or str
        What is wrong and what to do. A plain string is said as it is in every language.
    """

    message: Message

    def __init__(self, message: Message | str) -> None:
        super().__init__(message)
        if not isinstance(message, Message):
            message = Message("error.other", sentence=message)
        self.message = message


class MediaError(ViralError):
    """The file is not a clip that can be read: broken, too large, too long, encrypted, no video."""


class DetailsError(ViralError):
    """What was said about the post makes no sense: negative followers, a date that is none."""


class TableError(ViralError):
    """A table of posts has no row that can be used, or lacks columns that are needed."""


class ModelError(ViralError):
    """The model folder is missing, damaged or made for another version."""


class WeightsError(ViralError):
    """Pretrained weights are missing or are not the file that was published."""


class StoreError(ViralError):
    """What creators report cannot be kept or read: no database, an unknown key."""


class CollectError(ViralError):
    """A link cannot be collected from: no such account, not public, the network is gone."""


class ExploreError(ViralError):
    """Past posts cannot be looked at: too few under the filters, or damaged aggregates."""


class RecordError(ViralError):
    """A public record was edited, cut or made by a later version, or the rules forbid an entry."""
