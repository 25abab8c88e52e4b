"""Writing files whole or not at all, whatever interrupts the program."""

from __future__ import annotations

import contextlib
import errno
import json
import math
import os
import secrets
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from atoopt.base.errors import InputError


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write a file whole or not at all: to a temporary neighbor first, then renamed."""
    with whole_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def json_text(data: Any) -> str:
    """Return data as JSON, one key a line: numpy's numbers as plain ones, and what is not finite as null.

    >>> import numpy as np
    >>> print(json_text({"n": np.int64(3), "bound": float("-inf"), "name": "ä"}))
    {
     "n": 3,
     "bound": null,
     "name": "ä"
    }
    """
    return json.dumps(_plain(data), indent=1, ensure_ascii=False, allow_nan=False)


def _plain(data: Any) -> Any:
    """Return the data in JSON's own types."""
    if isinstance(data, dict):
        return {str(key): _plain(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_plain(value) for value in data]
    if hasattr(data, "tolist"):
        return _plain(data.tolist())
    return None if isinstance(data, float) and not math.isfinite(data) else data


@contextlib.contextmanager
def whole_file(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary path beside the file, renamed to it when the block ends well, removed when not.

    The temporary name keeps the suffix, by which some writers choose the format. A link stays a link, an
    existing file keeps its permissions, and what is no regular file (``/dev/stdout``) is written straight.

    Raises
    ------
    InputError
        The file cannot be written.
    """
    file = str(path)
    temporary = _temporary_for(path)
    try:
        yield temporary
        _put_in_place(temporary, path)
    except OSError as error:
        raise _not_writable(error, file) from None
    finally:
        temporary.unlink(missing_ok=True)


def check_writable(path: str | os.PathLike[str]) -> None:
    """Raise an `InputError` if a file cannot be written; better before a long run than after it."""
    _temporary_for(path).unlink()


def _temporary_for(path: str | os.PathLike[str]) -> Path:
    """Make an empty file beside the target, to be renamed; elsewhere for a device or a pipe."""
    file = str(path)
    if not file:
        raise InputError("is empty", "give the path of a file to write", place="output")
    try:
        target = Path(os.path.realpath(path))
        status = _status(path)
        if status is not None and stat.S_ISDIR(status.st_mode):
            raise InputError("is a directory", "give the path of a file to write", file=file)
        if status is not None and not os.access(path, os.W_OK):
            raise PermissionError(errno.EACCES, "permission denied")
        folder = Path(tempfile.gettempdir()) if _is_stream(status) else target.parent
        temporary = folder / f".atoopt-{secrets.token_hex(6)}{target.suffix}"
        os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    except InputError:
        raise
    except FileNotFoundError:
        raise InputError("its folder does not exist", f"make the folder {target.parent}", file=file) from None
    except (OSError, ValueError) as error:
        raise _not_writable(error, file) from None
    return temporary


def _put_in_place(temporary: Path, path: str | os.PathLike[str]) -> None:
    """Rename a finished file to its target, or copy it into a device or a pipe."""
    status = _status(path)
    if _is_stream(status):
        _copy_into(path, temporary.read_bytes())
        return
    if status is not None:
        temporary.chmod(stat.S_IMODE(status.st_mode))
    with temporary.open("rb+") as written:
        os.fsync(written.fileno())  # else a power failure could leave the new name on old bytes
    temporary.replace(os.path.realpath(path))


def _copy_into(path: str | os.PathLike[str], content: bytes) -> None:
    """Write to what cannot be renamed; our own output at its present position, be it a file or not."""
    if sys.stdout is not None:
        sys.stdout.flush()
    own = _own_output(Path(path).stat())
    with Path(path).open("ab") if own is None else os.fdopen(os.dup(own), "wb") as stream:
        stream.write(content)


def _is_stream(status: os.stat_result | None) -> bool:
    """Whether this is a device, a pipe, or the file that our own output goes to."""
    return status is not None and (not stat.S_ISREG(status.st_mode) or _own_output(status) is not None)


def _own_output(status: os.stat_result) -> int | None:
    """Return the descriptor of ours (standard output or error) that writes there, None if neither does."""
    for descriptor in (1, 2):
        with contextlib.suppress(OSError):  # a closed one
            if os.path.samestat(status, os.fstat(descriptor)):
                return descriptor
    return None


def _status(path: str | os.PathLike[str]) -> os.stat_result | None:
    """Return what stands at a path, None for nothing."""
    try:
        return Path(path).stat()
    except FileNotFoundError:
        return None


def _not_writable(error: OSError | ValueError, file: str) -> InputError:
    reason = (getattr(error, "strerror", None) or str(error)).lower()
    return InputError(f"cannot be written ({reason})", "free some space there or write elsewhere", file=file)
