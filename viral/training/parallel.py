"""Independent pieces of work side by side, each in a process of its own with one thread.

Threads inside one training wait for each other at every step, most of all on a busy machine. Whole
trainings beside each other do not, and give the same numbers in any order.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import Any

Work = tuple[Callable[..., Any], Sequence[Any]]
"""A function of a module, called with the material first, and its further arguments."""

_given: list[Any] = []


def _receive(material: Any) -> None:
    _given[:] = [material]


def _done(function: Callable[..., Any], arguments: Sequence[Any]) -> Any:
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, user_api="blas"):
        return function(_given[0], *arguments)


def run(
    material: Any,
    work: Mapping[str, Work],
    *,
    processes: int,
    say: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Do all pieces and return their results by name.

    Parameters
    ----------
    material : Any
        What all pieces need; each process gets it once.
    work : mapping
        By name, begun in this order.
    processes : int
        How many at once; with 1 everything happens in this process.
    say : callable
        Told each name when it is done.
    """
    if processes <= 1:
        _receive(material)
        results = {}
        for name, (function, arguments) in work.items():
            results[name] = _done(function, arguments)
            say(name)
        _given.clear()
        return results
    with ProcessPoolExecutor(
        processes,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_receive,
        initargs=(material,),
    ) as pool:
        waiting = {pool.submit(_done, *piece): name for name, piece in work.items()}
        found = {}
        for future in as_completed(waiting):
            found[waiting[future]] = future.result()
            say(waiting[future])
    return {name: found[name] for name in work}
