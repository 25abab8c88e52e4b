"""What a command writes: refused before its run where it must not be, printed where it cannot be written after all."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from atoopt.base.errors import InputError
from atoopt.base.files import check_writable
from atoopt.base.problem import FAMILIES

RESULT, FRONT, MODEL, PICTURE = "a result", "a front", "a model", "a picture"
PAGE, TABLE, BOOK = "a page", "a table", "a workbook"

ENDINGS = {PAGE: ("html", "htm"), TABLE: ("csv", "parquet"), BOOK: ("xlsx",)}
"""Of the files whose form their name decides, or that no program opens under another one."""

PICTURES = ("eps", "jpeg", "jpg", "pdf", "pgf", "png", "ps", "svg", "svgz", "tif", "tiff", "webp")


def instance_of(problem: str) -> str:
    """Return the kind of an instance file, such as "an instance of atoopt/policy"."""
    return f"an instance of {problem}"


def check_output(file: str, kind: str, inputs: Iterable[str | None], option: str = "--output") -> None:
    """Raise an `InputError` unless a file can be written, better before a long run than after it.

    Parameters
    ----------
    file : str
    kind : str
        What is to be written.
    inputs : iterable of str or None
        What the same command reads, and what else it writes.
    option : str
        Which names the file.
    """
    if not file:
        raise InputError("is empty", "give the path of a file to write", place=option)
    for other in filter(None, inputs):
        if _is_same(file, other):
            raise InputError(f"is the file {other}, which this command needs", "give another name", place=option)
    if kind == PICTURE and Path(file).suffix.lower().removeprefix(".") not in PICTURES:
        raise InputError("is no picture format", f"end the name in .{', .'.join(PICTURES)}", file=file)
    if kind in ENDINGS and Path(file).suffix.lower().removeprefix(".") not in ENDINGS[kind]:
        raise InputError(f"does not end as {kind} does", f"end the name in .{' or .'.join(ENDINGS[kind])}", file=file)
    check_writable(file)
    there = _kind_of(file)
    if there is not None and there != kind:
        raise InputError(f"holds {there}, not {kind}", "give another name, or delete it first", place=option, file=file)


def check_folder(folder: str, option: str) -> None:
    """Make a folder for pictures, or raise an `InputError`."""
    if not folder:
        raise InputError("is empty", "give a folder", place=option)
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, "permission denied")
    except OSError as error:
        raise InputError(f"cannot be made or written ({error.strerror})", "give a folder", file=folder) from None


@contextlib.contextmanager
def rescued(show: Callable[[], object]) -> Iterator[None]:
    """Print a result where a file that it goes to cannot be written after all, as on a full disk.

    Raises
    ------
    InputError
        The file could not be written.
    """
    try:
        yield
    except InputError as error:
        show()
        problem = f"{error.problem}; the result is on standard output"
        raise InputError(problem, error.remedy, place=error.place, file=error.file) from None
    except OSError as error:
        show()
        problem = f"cannot be written ({error.strerror or error}); the result is on standard output"
        raise InputError(problem, "free some space there or write elsewhere", file=error.filename or "") from None


def _is_same(file: str, other: str) -> bool:
    """Whether two paths name one file, through links as well."""
    if os.path.realpath(file) == os.path.realpath(other):
        return True
    with contextlib.suppress(OSError, ValueError):
        return Path(file).samefile(other)
    return False


def _kind_of(file: str) -> str | None:
    """Return what a file holds; None where there is nothing, or a JSON object of no known kind."""
    with contextlib.suppress(OSError, ValueError):
        status = Path(file).stat()
        if not stat.S_ISREG(status.st_mode) or not status.st_size:
            return None
        content = Path(file).read_bytes().lstrip(b"\xef\xbb\xbf \t\r\n")
        return _kind_of_json(content) if content.startswith(b"{") else _kind_of_text(file, content)
    return None


def _kind_of_json(content: bytes) -> str | None:
    found = re.search(rb'"format"\s*:\s*"(atoopt/[a-z-]+)"', content)
    if found is not None:
        name = found.group(1).decode()
        return instance_of(name) if name in FAMILIES else f"a file of {name}"
    for kind, keys in ((FRONT, (b'"objectives"', b'"points"')), (RESULT, (b'"status"', b'"solution"'))):
        if all(key in content for key in keys):
            return kind
    return None


def _kind_of_text(file: str, content: bytes) -> str | None:
    """Return what a file that is no JSON object holds, by its name: a text could be anything."""
    suffix = Path(file).suffix.lower()
    if suffix in (".lp", ".mps"):
        return MODEL
    if suffix.removeprefix(".") in PICTURES:
        return PICTURE
    for kind, endings in ENDINGS.items():
        if suffix.removeprefix(".") in endings:
            return kind
    return f"something else (a {suffix} file)" if suffix else "something else" if content else None
