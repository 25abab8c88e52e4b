"""Run the jobs of a study that have no record yet, some at a time, and write each record as it comes."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Protocol

from atoopt.base.errors import InputError
from atoopt.study.plan import Job
from atoopt.study.record import Record
from atoopt.study.running.launch import kill_orphans, kill_started_here, launch
from atoopt.study.store import Store

LOOK = 0.5
"""Seconds between two looks at whether the user has had enough."""

MOST_LOST = 3
"""A run whose worker is gone so often is not tried again."""


@dataclass(frozen=True)
class Progress:
    """How far a study is.

    Attributes
    ----------
    planned, done, failed : int
        `failed` of those that are done ended without an answer.
    seconds : float
        Since this run of the study began.
    seconds_left : float or None
        Expected, from the runs of this session; None before the first has ended.
    """

    planned: int
    done: int
    failed: int
    seconds: float
    seconds_left: float | None

    @property
    def left(self) -> int:
        """Runs that are not done."""
        return self.planned - self.done


Teller = Callable[[Progress, Record | None], None]


class Backend(Protocol):
    """Who starts the processes of the runs."""

    def submit(self, job: Job) -> Future[Record]:
        """Begin a job."""

    def broken(self, future: Future[Record]) -> bool:
        """Whether a job has no record since who did it is gone: it is done once more."""


def failed(status: str) -> bool:
    """Whether a run of this status gave no answer that holds; one that was skipped did not fail."""
    return status in ("unknown", "wrong")


def run(
    jobs: Sequence[Job], store: Store, backend: Backend, at_once: int, tell: Teller = lambda progress, record: None
) -> Progress:
    """Run what has no record yet; an interrupt leaves what is done.

    Parameters
    ----------
    jobs : sequence of Job
    store : Store
        Open for writing.
    backend : Backend
    at_once : int
        So many jobs are under way at a time.
    tell : callable
        Called with the progress and the record that has just come.
    """
    done = store.keys()
    waiting = list({job.key: job for job in jobs if job.key not in done}.values())
    team = _Team(jobs, waiting, store, backend, at_once, tell)
    return team.run()


class _Team:
    """Jobs go out, records come back."""

    def __init__(
        self, jobs: Sequence[Job], waiting: list[Job], store: Store, backend: Backend, at_once: int, tell: Teller
    ) -> None:
        self.waiting, self.store, self.backend, self.at_once, self.tell = waiting[::-1], store, backend, at_once, tell
        self.planned = len({job.key for job in jobs})
        self.done = self.planned - len(waiting)
        ends = store.ends()
        self.failed = sum(1 for key in {job.key for job in jobs} if key in ends and failed(ends[key][0]))
        self.running: dict[Future[Record], Job] = {}
        self.began, self.ended = time.monotonic(), 0
        self.lost: dict[str, int] = {}

    def progress(self) -> Progress:
        """Return how far it is."""
        seconds = time.monotonic() - self.began
        left = len(self.waiting) + len(self.running)
        expected = seconds / self.ended * left if self.ended else None
        return Progress(self.planned, self.done, self.failed, seconds, expected)

    def run(self) -> Progress:
        """Hand out jobs until none is left."""
        self.tell(self.progress(), None)
        while self.waiting or self.running:
            while self.waiting and len(self.running) < self.at_once:
                job = self.waiting.pop()
                self.running[self.backend.submit(job)] = job
            ended, _ = wait(self.running, timeout=LOOK, return_when=FIRST_COMPLETED)
            for future in ended:
                self._take(future, self.running.pop(future))
        return self.progress()

    def _take(self, future: Future[Record], job: Job) -> None:
        """Write the record of a job that has ended."""
        if self.backend.broken(future):
            self.lost[job.key] = self.lost.get(job.key, 0) + 1
            if self.lost[job.key] < MOST_LOST:
                self.waiting.append(job)
                return
            reason = f"crash: {MOST_LOST} workers were lost while they had this run"
            record = Record(job.key, "unknown", reason)
        else:
            record = future.result()
        self.store.add(record)
        self.done += 1
        self.ended += 1
        self.failed += failed(record.status)
        self.tell(self.progress(), record)


class Local:
    """Processes of this machine, each waited for by a thread.

    Parameters
    ----------
    at_once : int
    start : callable
        Does a job; tests put theirs here.
    """

    def __init__(self, at_once: int, start: Callable[[Job], Record] = launch) -> None:
        self.pool, self.start = ThreadPoolExecutor(at_once), start

    def submit(self, job: Job) -> Future[Record]:
        """Begin a job."""
        return self.pool.submit(self.start, job)

    def broken(self, future: Future[Record]) -> bool:
        """Return False: who waits is a thread of this process."""
        return False


@contextlib.contextmanager
def local(at_once: int, start: Callable[[Job], Record] = launch) -> Iterator[Local]:
    """Give a backend of this machine; an interrupt kills what is under way, without a record."""
    kill_orphans()
    backend = Local(at_once, start)
    try:
        yield backend
    except BaseException:
        backend.pool.shutdown(wait=False, cancel_futures=True)
        kill_started_here()
        raise
    finally:
        backend.pool.shutdown(wait=True, cancel_futures=True)


def compile_first(jobs: Sequence[Job], done: set[str]) -> None:
    """Compile the kernels that are cold before the first run: they are no part of any."""
    waiting = [job for job in jobs if job.key not in done]
    if any(job.spec["subject"]["kind"] == "instance" and job.spec["method"]["method"] != "milp" for job in waiting):
        from atoopt.kernels.groups import GROUPS
        from atoopt.kernels.prepare import prepare

        prepare(GROUPS)


def check_run(jobs: int | None, backend: str, scheduler: str | None, shard: tuple[int, int] | None) -> None:
    """Raise an `InputError` for an option without a meaning; see `atoopt.study.study.Study.run`."""
    if jobs is not None and (isinstance(jobs, bool) or not isinstance(jobs, int) or jobs < 1):
        raise InputError(f"is {jobs}", "give a whole number of at least 1", place="jobs")
    if backend not in ("local", "dask"):
        raise InputError(f'is "{backend}"', "write local or dask", place="backend")
    if scheduler is not None and backend != "dask":
        raise InputError("has no meaning without dask", "leave it out, or use the backend dask", place="scheduler")
    if shard is not None and not 1 <= shard[0] <= shard[1]:
        raise InputError(f"is {shard[0]}/{shard[1]}", "write I/N with I from 1 to N", place="shard")
