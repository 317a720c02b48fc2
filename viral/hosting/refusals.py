"""What is said to whoever is turned away: one sentence for each reason, and how it travels.

`gradio_client` passes on nothing of an upload that is answered with an error. It is given a ticket
instead, the name of an upload that never was; the call with it is answered by the sentence.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from viral.messages import Message

TICKETS = "refused"
"""A folder that is never made, in that of the uploads: what lies in it by name is a ticket."""
STATUSES = {
    "files": 400,
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


@dataclass(frozen=True)
class Refusal:
    """Why somebody is turned away."""

    reason: str
    """A key of `STATUSES`."""
    wait_s: float = 0.0
    """Seconds after which it is worth another try, or 0 where it is not."""
    seconds: float = 0.0
    megabytes: float = 0.0

    @property
    def status(self) -> int:
        """The status of HTTP."""
        return STATUSES[self.reason]

    @property
    def message(self) -> Message:
        """What is said."""
        values = {}
        if self.reason in {"rate", "stalled"}:
            values["seconds"] = max(round(self.seconds or self.wait_s), 1)
        if self.reason == "size":
            values["megabytes"] = round(self.megabytes)
        return Message(f"refused.{self.reason}", **values)


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
    if path.parent != folder / TICKETS or reason not in STATUSES:
        return None
    if not (number.isascii() and number.isdigit() and len(number) < 7):
        return None
    return Refusal(reason, float(number), megabytes=float(number))
