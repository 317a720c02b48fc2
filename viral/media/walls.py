"""Which walls stand around the process that decodes, in words for those who host the app."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from viral.media import decoding, sandbox, system_calls
from viral.messages import Message


@dataclass(frozen=True)
class Walls:
    """What stands around each clip on this machine, beside limits and an empty environment."""

    landlock: int
    """Its version; 0 where the kernel has none."""
    system_calls: str
    """A kind of `viral.media.sandbox`: `listed`, `unreaching` or `none`."""

    @property
    def complete(self) -> bool:
        """Whether none is missing."""
        return self.landlock > 0 and self.system_calls == sandbox.LISTED

    def to_dict(self) -> dict[str, int | str]:
        """Return both, for `/healthz` and the log."""
        return asdict(self)

    def standing(self) -> list[Message]:
        """Return a few words for each wall that stands."""
        words = [Message("walls.limits"), Message("walls.environment")]
        if self.landlock:
            words.append(Message("walls.landlock", version=self.landlock))
        if self.system_calls == sandbox.LISTED:
            words.append(Message("walls.listed", count=len(system_calls.LISTED)))
        elif self.system_calls == sandbox.UNREACHING:
            words.append(Message("walls.unreaching"))
        return words

    def missing(self) -> list[Message]:
        """Return a sentence for each wall that does not stand here, with what that means."""
        sentences = []
        if not self.landlock:
            sentences.append(Message("walls.no_landlock"))
        if self.system_calls == sandbox.UNREACHING:
            sentences.append(Message("walls.no_list"))
        elif self.system_calls == sandbox.NONE:
            sentences.append(Message("walls.no_filter"))
        return sentences


_found: list[Walls] = []


def found() -> Walls | None:
    """Return what `standing` returned last, None before that: asks nobody and takes no time."""
    return _found[0] if _found else None


def standing() -> Walls | None:
    """Return the walls of this machine; None where no process can be started to decode in."""
    try:
        told = decoding.walls()
        walls = Walls(landlock=int(told["landlock"]), system_calls=str(told["system_calls"]))
    except (decoding.NoChildError, KeyError, TypeError, ValueError):
        return None
    _found[:] = [walls]
    return walls
