"""Trees grown by several machines at once: Ray Train's LightGBM trainer.

Each worker holds a share of the rows and makes the histograms of its share; they are added up over
the network before a leaf is split, so that the trees are those of all rows. Only large tables are
worth it: workers take seconds to start, for every regressor anew.
"""

from __future__ import annotations

import contextlib
import logging
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from viral.cluster.connecting import ClusterError, connected, ray
from viral.messages import Message
from viral.model.tree_backend import growing_by, grown_here

FEWEST_ROWS = 5_000_000
"""Smaller tables are grown here. Up to there one machine of two cores takes minutes and few GB; see
`benchmarks/bench_training.py` and docs/scaling.md."""
WORKER_THREADS = 1
FEWEST_WORKERS = 2
TRIES = 2
"""Of a fit whose worker dies, beside the first; the trees of a fit are grown anew."""
NOT_FOR_WORKERS = ("force_row_wise", "num_threads")


def share_of(values: np.ndarray, worker: int, workers: int) -> np.ndarray:
    """Return a worker's share of the rows: every so many, so that all shares are alike."""
    return np.ascontiguousarray(values[worker::workers])


def _grow_share(config: Mapping[str, Any]) -> None:
    """Grow trees together with the other workers; runs on each of them."""
    import lightgbm
    import ray as cluster
    import ray.train as ray_train
    from ray.train.lightgbm import get_network_params

    rank = ray_train.get_context().get_world_rank()
    matrix, target = cluster.get(config["shares"][rank])
    parameters = {
        **config["parameters"],
        **get_network_params(),
        "tree_learner": "data_parallel",
        "pre_partition": True,
        "num_threads": WORKER_THREADS,
    }
    data = lightgbm.Dataset(
        matrix, label=target, feature_name=list(config["columns"]), params=parameters
    )
    trained = lightgbm.train(parameters, data, num_boost_round=config["rounds"])
    # All workers hold the same trees in the end.
    if rank == 0:
        cluster.get(config["box"].keep.remote(trained.model_to_string()))


class _Box:
    """Where the first worker leaves the trees; spares a folder that all can read."""

    def __init__(self) -> None:
        self._text = ""

    def keep(self, text: str) -> None:
        self._text = text

    def taken(self) -> str:
        return self._text


def grown_by_workers(
    parameters: Mapping[str, Any],
    rounds: int,
    matrix: np.ndarray,
    target: np.ndarray,
    columns: Sequence[str],
    *,
    workers: int,
    storage: Path,
) -> str:
    """Grow trees on the cluster that this process is connected to.

    Parameters
    ----------
    parameters : mapping
        Of LightGBM.
    rounds : int
        Trees.
    matrix : np.ndarray [shape=(posts, columns)]
        NaN where a value could not be measured.
    target : np.ndarray [shape=(posts,)]
        Finite.
    columns : sequence of str
        Their names.
    workers : int
        At least 2.
    storage : Path
        A folder for Ray Train's own notes; on more than one machine, one that all can write to.

    Returns
    -------
    str
        LightGBM's text of the trees.

    Raises
    ------
    ClusterError
        A worker died more often than it was tried, or the folder cannot be shared.
    """
    from ray.train import FailureConfig, RunConfig, ScalingConfig
    from ray.train.lightgbm import LightGBMTrainer

    cluster = ray()
    logging.getLogger("ray.train").setLevel(logging.CRITICAL)
    shares = [
        cluster.put((share_of(matrix, worker, workers), share_of(target, worker, workers)))
        for worker in range(workers)
    ]
    box = cluster.remote(num_cpus=0)(_Box).remote()
    trainer = LightGBMTrainer(
        _grow_share,
        train_loop_config={
            "parameters": {
                name: value for name, value in parameters.items() if name not in NOT_FOR_WORKERS
            },
            "rounds": rounds,
            "columns": tuple(columns),
            # In lists, because Ray would fetch a bare reference for every worker.
            "shares": list(shares),
            "box": box,
        },
        scaling_config=ScalingConfig(num_workers=workers, resources_per_worker={"CPU": 1}),
        run_config=RunConfig(
            storage_path=str(storage), failure_config=FailureConfig(max_failures=TRIES)
        ),
    )
    try:
        trainer.fit()
        text = str(cluster.get(box.taken.remote()))
    # Ray Train wraps what went wrong on a worker in errors of its own kinds.
    except Exception as error:
        reason = type(error).__name__
        raise ClusterError(
            Message("cluster.cannot_train", reason=reason, path=str(storage))
        ) from error
    if not text:
        raise ClusterError(Message("cluster.no_model"))
    return text


@contextlib.contextmanager
def growing_on(address: str, storage: Path, *, fewest_rows: int = FEWEST_ROWS) -> Iterator[int]:
    """Let a cluster grow the trees of large tables for as long as the block runs.

    Parameters
    ----------
    address : str
        `HOST:PORT`, or `local`.
    storage : Path
        An existing folder; on more than one machine, one that all can write to.
    fewest_rows : int
        Smaller tables are grown here.

    Yields
    ------
    int
        Workers.

    Raises
    ------
    ClusterError
        Ray is not installed, no cluster answers, or it has a single core.
    """
    with connected(address) as cores:
        if cores < FEWEST_WORKERS:
            raise ClusterError(Message("cluster.one_core", address=address, workers=FEWEST_WORKERS))
        with tempfile.TemporaryDirectory(dir=storage, prefix=".viral-train-") as folder:

            def grow(
                parameters: Mapping[str, Any],
                rounds: int,
                matrix: np.ndarray,
                target: np.ndarray,
                columns: Sequence[str],
            ) -> str:
                if len(matrix) < fewest_rows:
                    return grown_here(parameters, rounds, matrix, target, columns)
                return grown_by_workers(
                    parameters,
                    rounds,
                    matrix,
                    target,
                    columns,
                    workers=cores,
                    storage=Path(folder),
                )

            with growing_by(grow):
                yield cores
