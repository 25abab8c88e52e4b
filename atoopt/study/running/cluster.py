"""Runs on the workers of a dask cluster: a worker only starts the process and waits; the records are written here."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

from atoopt.base.errors import InputError
from atoopt.study.plan import Job
from atoopt.study.record import Record
from atoopt.study.running.launch import launch

CONNECT = 15
"""Seconds to find a scheduler."""


class Cluster:
    """The workers of a cluster; a run whose worker is gone is done by another one.

    Parameters
    ----------
    client : distributed.Client
    start : callable
        Does a job, on a worker.
    """

    def __init__(self, client: Any, start: Callable[[Job], Record] = launch) -> None:
        self.executor, self.start = client.get_executor(pure=False), start

    def submit(self, job: Job) -> Future[Record]:
        """Begin a job."""
        future: Future[Record] = self.executor.submit(self.start, job)
        return future

    def broken(self, future: Future[Record]) -> bool:
        """Whether the job's workers were lost."""
        from distributed import KilledWorker

        return future.cancelled() or isinstance(future.exception(), KilledWorker)


@contextlib.contextmanager
def cluster(at_once: int | None, scheduler: str | None) -> Iterator[tuple[Cluster, int]]:
    """Give the workers of a scheduler, of the current client, or of a cluster made here; and how many jobs they take.

    Raises
    ------
    InputError
        The package `distributed` is missing, or no scheduler answers.
    """
    try:
        from distributed import Client, LocalCluster, default_client
    except ImportError:
        problem, remedy = "needs the package distributed", "install it (pip install 'atoopt[dask]'), or use local"
        raise InputError(problem, remedy, place="backend") from None
    if scheduler is not None:
        try:
            client = Client(scheduler, timeout=CONNECT)
        except (OSError, ValueError, TimeoutError) as error:
            problem = f"does not answer at {scheduler} ({type(error).__name__})"
            raise InputError(problem, "start it (dask scheduler), or correct the address", place="scheduler") from None
        with client:
            yield _of(client, at_once)
        return
    try:
        client = default_client()
    except ValueError:  # there is none yet
        own = LocalCluster(n_workers=at_once or 1, threads_per_worker=1, dashboard_address=None)
        with own, Client(own) as client:
            yield _of(client, at_once)
    else:
        yield _of(client, at_once)


def _of(client: Any, at_once: int | None) -> tuple[Cluster, int]:
    return Cluster(client), at_once or max(1, sum(client.nthreads().values()))
