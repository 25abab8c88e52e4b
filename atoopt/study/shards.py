"""A study in parts, for machines that share nothing, and their stores made one."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from atoopt.study.plan import Job
from atoopt.study.store import Store


def shard_of(jobs: Sequence[Job], part: int, parts: int) -> tuple[Job, ...]:
    """Return the part-th of so many parts of the jobs, from 1; it does not depend on names or order."""
    keys = sorted({job.key for job in jobs})
    mine = set(keys[part - 1 :: parts])
    return tuple(job for job in jobs if job.key in mine)


def store_of_shard(store: Path, part: int, parts: int) -> Path:
    """Return the store of a part.

    >>> str(store_of_shard(Path("solvers.db"), 3, 8))
    'solvers.3-of-8.db'
    """
    return store.with_name(f"{store.stem}.{part}-of-{parts}{store.suffix}")


def merge(into: str | os.PathLike[str], others: Iterable[str | os.PathLike[str]]) -> int:
    """Add the records of other stores to one, which is made where it is missing; return how many were new.

    Raises
    ------
    InputError
        A file is no store, or cannot be written.
    """
    sources = [Store(other) for other in others]
    try:
        with Store(into, write=True) as store:
            return sum(store.merge(source) for source in sources)
    finally:
        for source in sources:
            source.close()
