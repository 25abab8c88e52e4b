"""Where child processes run: those of joblib, or the workers of a dask cluster."""

from __future__ import annotations

import contextlib
import pickle
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Protocol

from atoopt.base.errors import InputError
from atoopt.pareto.program.compile import Program
from atoopt.solvers.running.pool import processes


class Pool(Protocol):
    """Runs work on the program in child processes."""

    def submit(self, work: Callable[..., Any], *arguments: Any) -> Future[Any]: ...
    def is_death(self, error: BaseException) -> bool: ...
    def restart(self) -> None: ...


@contextlib.contextmanager
def pool_of(backend: str, jobs: int, program: Program) -> Iterator[Pool]:
    """Give a pool of child processes, each of which can have the program."""
    with (_dask if backend == "dask" else _loky)(jobs, program) as pool:
        yield pool


def warm_up(backend: str, jobs: int) -> None:
    """Let joblib's processes start and import while the first solves run here."""
    if backend == "loky":
        from importlib import import_module

        for _ in range(jobs):
            processes(jobs).submit(import_module, "atoopt.pareto.running.piece")


class _Loky:
    """joblib's processes; they live on a while for the next front."""

    def __init__(self, jobs: int, program: Path) -> None:
        self.jobs, self.program = jobs, program

    def submit(self, work: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Run ``work(program, *arguments)`` in a process."""
        future: Future[Any] = processes(self.jobs).submit(work, self.program, *arguments)
        return future

    def is_death(self, error: BaseException) -> bool:
        """Whether an error says that a process died, and took all work in progress with it."""
        from concurrent.futures.process import BrokenProcessPool

        return isinstance(error, BrokenProcessPool)

    def restart(self) -> None:
        """Kill the processes, and start others."""
        processes(self.jobs, kill_workers=True, reuse=False)


@contextlib.contextmanager
def _loky(jobs: int, program: Program) -> Iterator[Pool]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "program")
        file.write_bytes(pickle.dumps(program))
        yield _Loky(jobs, file)


class _Dask:
    """The workers of a cluster, which starts a new one where one died."""

    def __init__(self, client: Any, program: Program) -> None:
        self.client, self.executor = client, client.get_executor(pure=False)
        self.program = client.scatter(program, broadcast=True)

    def submit(self, work: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Run ``work(program, *arguments)`` on a worker."""
        future: Future[Any] = self.executor.submit(work, self.program, *arguments)
        return future

    def is_death(self, error: BaseException) -> bool:
        """Whether an error says that workers died again and again at this work."""
        from distributed import KilledWorker

        return isinstance(error, KilledWorker)

    def restart(self) -> None:
        """Give up what is in work: the workers may be shared with others, and live on."""
        self.executor.shutdown(wait=False)
        self.executor = self.client.get_executor(pure=False)


@contextlib.contextmanager
def _dask(jobs: int, program: Program) -> Iterator[Pool]:
    try:
        from distributed import Client, LocalCluster, default_client
    except ImportError:
        problem, remedy = "needs the package distributed", "install it (pip install 'atoopt[dask]'), or use loky"
        raise InputError(problem, remedy, place="backend") from None
    try:
        client = default_client()
    except ValueError:  # there is none yet
        cluster = LocalCluster(n_workers=jobs, threads_per_worker=1, dashboard_address=None)
        with cluster, Client(cluster) as own:
            yield _Dask(own, program)
    else:
        yield _Dask(client, program)
