"""What a run found, on disk as it is found: a run that ends in any way can go on from there.

One line is one JSON object: first whose journal it is, then a record a line. Each is appended by one write, so that
processes can share the file, and a killed one leaves at most a torn last line, which is skipped.
"""

from __future__ import annotations

import errno
import hashlib
import json
import logging
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from atoopt.base.errors import InputError

logger = logging.getLogger(__name__)


class JournalFile:
    """A journal being written; several processes may hold the same one.

    Parameters
    ----------
    path : path
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.given_up = False

    def open_for(self, head: Mapping[str, Any], *, alien: str, other: str) -> None:
        """Start a new file, or go on with one that begins with the same head.

        Parameters
        ----------
        head : mapping
            Has a ``format``.
        alien, other : str
            What to say of a file of another format, and of one with another head.

        Raises
        ------
        InputError
            The file is something else, or cannot be written.
        """
        try:
            content = self.path.read_bytes() if self.path.exists() else b""
            if not content:
                self._append(head)
                return
            known = _parsed(content.split(b"\n", 1)[0]) or {}
            if known.get("format") != head["format"]:
                raise InputError(alien, "move it away, or give another output", file=str(self.path))
            if known != head:
                raise InputError(other, "delete it, or give another output", file=str(self.path))
            if not content.endswith(b"\n"):  # torn by a kill: what is appended must stand on a line of its own
                self._append_bytes(b"\n")
        except OSError as error:
            problem = f"cannot be written ({error.strerror})"
            raise InputError(problem, "give another file", file=str(self.path)) from None

    def records(self) -> Iterator[dict[str, Any]]:
        """Yield what was written after the head."""
        for line in self.path.read_bytes().split(b"\n")[1:]:
            record = _parsed(line)
            if record is not None:
                yield record

    def write(self, record: Mapping[str, Any]) -> None:
        """Append a record, or give the journal up, as on a full disk: the run itself goes on.

        After a record that is missing nothing more may follow, for what follows may rest on it.
        """
        if self.given_up:
            return
        try:
            self._append(record)
        except OSError as error:
            self.given_up = True
            logger.warning("%s: cannot be written (%s); the run goes on without it", self.path, error.strerror)

    def _append(self, record: Mapping[str, Any]) -> None:
        self._append_bytes((json.dumps(record) + "\n").encode())

    def _append_bytes(self, line: bytes) -> None:
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
        try:
            if os.write(handle, line) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        finally:
            os.close(handle)


def fingerprint(data: Any) -> str:
    """Return a short name of JSON data that other data have not.

    >>> fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1}) != fingerprint({"a": 1, "b": 3})
    True
    """
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:16]


def _parsed(line: bytes) -> dict[str, Any] | None:
    """Return the object of a line; None for an empty or torn one."""
    try:
        record = json.loads(line)
    except ValueError:
        return None
    return record if isinstance(record, dict) else None
