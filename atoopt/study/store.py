"""The records of a study in one SQLite file: each is there as soon as its run has ended, whatever is killed later.

One process writes at a time, and holds a lock that ends with it; anybody may read meanwhile.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from atoopt.base.errors import InputError
from atoopt.study.plan import Job
from atoopt.study.record import Record

VERSION = 1
MARK = 0x61746F6F
"""SQLite's application id of our files: "atoo"."""

TABLES = """
CREATE TABLE IF NOT EXISTS records (key TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS jobs (position INTEGER PRIMARY KEY, key TEXT NOT NULL, instance TEXT NOT NULL,
    problem TEXT NOT NULL, method TEXT NOT NULL, task TEXT NOT NULL, seed INTEGER NOT NULL, repeat INTEGER NOT NULL,
    wall_seconds REAL NOT NULL, threads INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
WAIT = 30.0
"""Seconds to wait for a reader or another writer of the file."""


class Store:
    """The file of a study's records.

    Parameters
    ----------
    path : path
    write : bool
        Whether records will be added; the file is made where it is missing.

    Raises
    ------
    InputError
        The file is missing, is no store, is of another version, cannot be written, or another process writes it.
    """

    def __init__(self, path: str | os.PathLike[str], *, write: bool = False) -> None:
        self.path, self.file = Path(path), str(path)
        self._lock: int | None = None
        if not write and not self.path.is_file():
            raise InputError("does not exist", "run the study first", file=self.file)
        try:
            if write:
                self._take_lock()
            self._connection = self._connect(write)
            self._check(write)
        except sqlite3.Error as error:
            self._release()
            raise self._unusable(error) from None
        except InputError:
            self._release()
            raise

    def _connect(self, write: bool) -> sqlite3.Connection:
        mode = "rwc" if write else "ro"
        uri = f"{self.path.absolute().as_uri()}?mode={mode}"
        return sqlite3.connect(uri, uri=True, timeout=WAIT, isolation_level=None, check_same_thread=False)

    def _check(self, write: bool) -> None:
        found = self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        mark = self._connection.execute("PRAGMA application_id").fetchone()[0]
        version = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if found and mark != MARK:
            raise InputError("is no store of a study", "give another name (--store)", file=self.file)
        if found and version != VERSION:
            remedy = (
                f"this atoopt knows version {VERSION}: give another name (--store), or use the atoopt that wrote it"
            )
            raise InputError(f"is a store of version {version}", remedy, file=self.file)
        if write:
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.executescript(
                f"BEGIN IMMEDIATE; {TABLES} PRAGMA application_id = {MARK}; PRAGMA user_version = {VERSION}; COMMIT;"
            )
        self._is_empty = not found and not write  # another process is about to make it

    def _take_lock(self) -> None:
        """Hold a lock on the file, which ends with this process however it ends; SQLite's own are of another kind."""
        try:
            self._lock = os.open(self.file, os.O_RDWR | os.O_CREAT, 0o666)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._release()
            raise InputError(
                "is written by another run", "wait for its end, or give another store", file=self.file
            ) from None
        except FileNotFoundError:
            remedy = f"make the folder {self.path.absolute().parent}"
            raise InputError("its folder does not exist", remedy, file=self.file) from None
        except OSError as error:
            reason = (error.strerror or "unknown").lower()
            raise InputError(f"cannot be written ({reason})", "give another file (--store)", file=self.file) from None

    def _release(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _unusable(self, error: sqlite3.Error) -> InputError:
        text = str(error)
        if "not a database" in text:
            return InputError("is no store of a study", "give another name (--store)", file=self.file)
        return InputError(f"cannot be used ({text})", "give another file (--store)", file=self.file)

    def close(self) -> None:
        """Close the file, and let others write; it is whole without its neighbors then, and can be sent."""
        if self._lock is not None:
            with contextlib.suppress(sqlite3.Error):  # somebody reads: the next writer does it
                self._connection.execute("PRAGMA journal_mode = DELETE")
        self._connection.close()
        self._release()

    def __enter__(self) -> Store:
        """Return the store, closed at the end of the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        """Make a block of changes one."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._unusable(error) from None

    def add(self, record: Record) -> None:
        """Add a record, in the place of one with its key."""
        text = json.dumps(record.to_json(), ensure_ascii=True, allow_nan=False)
        with self._writing():
            self._connection.execute("INSERT OR REPLACE INTO records VALUES (?, ?)", (record.key, text))

    def plan(self, jobs: Iterable[Job], facts: dict[str, Any]) -> None:
        """Say what the study consists of now, by today's names, and what else is known of it."""
        rows = [
            (i, job.key, job.instance, job.problem, job.method, job.spec["method"]["task"], job.seed, job.repeat,
             job.limits.wall_seconds, job.limits.threads)
            for i, job in enumerate(jobs)
        ]  # fmt: skip
        with self._writing():
            self._connection.execute("DELETE FROM jobs")
            self._connection.executemany(f"INSERT INTO jobs VALUES ({', '.join('?' * 10)})", rows)
            for name, value in facts.items():
                text = json.dumps(value, ensure_ascii=True)
                self._connection.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, text))

    def forget(self, keys: Iterable[str]) -> None:
        """Remove records, to be made anew."""
        with self._writing():
            self._connection.executemany("DELETE FROM records WHERE key = ?", [(key,) for key in keys])

    def keys(self) -> set[str]:
        """Return the keys of all records."""
        return {key for (key,) in self._read("SELECT key FROM records")}

    def ends(self) -> dict[str, tuple[str, str]]:
        """Return status and reason of each record by its key: without the logs, which may be large."""
        query = "SELECT key, json_extract(record, '$.status'), json_extract(record, '$.reason') FROM records"
        return {key: (status, reason) for key, status, reason in self._read(query)}

    def records(self) -> dict[str, Record]:
        """Return all records by their keys."""
        return {key: Record(**json.loads(text)) for key, text in self._read("SELECT key, record FROM records")}

    def jobs(self) -> list[dict[str, Any]]:
        """Return what the study consisted of when it was last run."""
        names = (
            "position",
            "key",
            "instance",
            "problem",
            "method",
            "task",
            "seed",
            "repeat",
            "wall_seconds",
            "threads",
        )
        return [dict(zip(names, row, strict=True)) for row in self._read("SELECT * FROM jobs ORDER BY position")]

    def facts(self) -> dict[str, Any]:
        """Return what else is known of the study."""
        return {name: json.loads(text) for name, text in self._read("SELECT name, value FROM facts")}

    def _read(self, query: str) -> list[tuple[Any, ...]]:
        if self._is_empty:
            return []
        try:
            return self._connection.execute(query).fetchall()
        except sqlite3.Error as error:
            raise self._unusable(error) from None

    def merge(self, other: Store) -> int:
        """Add the records of another store that are not here, and its plan where there is none; return how many."""
        there, here = other.records(), self.keys()
        new = [record for key, record in there.items() if key not in here]
        for record in new:
            self.add(record)
        if not self.jobs():
            self._copy_plan(other)
        return len(new)

    def _copy_plan(self, other: Store) -> None:
        rows = other._read("SELECT * FROM jobs")
        with self._writing():
            self._connection.executemany(f"INSERT INTO jobs VALUES ({', '.join('?' * 10)})", rows)
            for name, value in other.facts().items():
                self._connection.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, json.dumps(value)))
