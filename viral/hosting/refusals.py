"""What is said to whoever is turned away: one sentence for each reason, and how it travels.

`gradio_client` passes on nothing of an upload that is answered with an error. It is given a ticket
instead, the name of an upload that never was; the call with it is answered by the sentence.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

TICKETS = "refused"
"""A folder that is never made, in that of the uploads: what lies in it by name is a ticket."""
STATUSES = {
    "closed": 404,
    "stalled": 408,
    "size": 413,
    "call_size": 413,
    "share": 429,
    "rate": 429,
    "headers": 431,
    "broken": 500,
    "full": 503,
    "stopping": 503,
    "queue": 503,
}
SENTENCES = {
    "closed": "There is nothing here.",
    "stalled": "Nothing of the upload came for {seconds:.0f} seconds; send the clip again.",
    "size": "The file is larger than {megabytes:.0f} MB; export a smaller version.",
    "call_size": "The request is too large; send the clip by itself and shorter texts.",
    "share": (
        "As many of your clips wait here as one visitor may send; press Predict or Compare, or try "
        "again in ten minutes."
    ),
    "rate": "That was a lot at once; wait {seconds:.0f} seconds and try again.",
    "headers": "The request is too large; send the clip by itself and shorter texts.",
    "broken": "Something went wrong on the server; try again.",
    "full": "The server holds as many clips as it can; try again in a few minutes.",
    "stopping": "The app is being restarted; try again in a minute.",
    "queue": "As many people are waiting as the app takes; try again in a few minutes.",
}


@dataclass(frozen=True)
class Refusal:
    """Why somebody is turned away."""

    reason: str
    """A key of `SENTENCES`."""
    wait_s: float = 0.0
    """Seconds after which it is worth another try, or 0 where it is not."""
    seconds: float = 0.0
    megabytes: float = 0.0

    @property
    def status(self) -> int:
        """The status of HTTP."""
        return STATUSES[self.reason]

    @property
    def sentence(self) -> str:
        """What is said."""
        seconds = max(self.seconds or self.wait_s, 1.0)
        return SENTENCES[self.reason].format(seconds=seconds, megabytes=self.megabytes)


def ticket(refusal: Refusal, folder: Path) -> str:
    """Return the name of an upload that stands for a refusal.

    Parameters
    ----------
    refusal
        Why the upload was not taken.
    folder : Path
        That of the uploads.
    """
    number = round(refusal.megabytes if refusal.reason == "size" else refusal.wait_s)
    return str(folder / TICKETS / f"{refusal.reason}-{max(number, 0)}")


def of_ticket(place: str, folder: Path) -> Refusal | None:
    """Return the refusal that the name of an upload stands for, if it stands for one."""
    path = Path(place)
    reason, _, number = path.name.partition("-")
    if path.parent != folder / TICKETS or reason not in SENTENCES:
        return None
    if not (number.isascii() and number.isdigit() and len(number) < 7):
        return None
    return Refusal(reason, float(number), megabytes=float(number))
