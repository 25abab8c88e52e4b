"""Tests of the two decorators: what is compiled, what is kept, and who may call."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from atoopt.kernels import declare, prepare
from atoopt.kernels.declare import inner, kernel


@pytest.fixture(autouse=True)
def own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Keep the kernels of these tests apart, and start no child for them."""
    monkeypatch.setattr("atoopt.kernels.folder.kernel_folder", lambda: tmp_path)
    monkeypatch.setattr(prepare, "_attempted", set(prepare.GROUPS))
    return tmp_path


def declared() -> tuple[object, object]:
    """Return a kernel and the function that it calls, new ones each time."""

    @inner
    def scaled(values, i, factor):  # type: ignore[no-untyped-def]
        return values[i] * factor

    @kernel("gaps")
    def total(values):  # type: ignore[no-untyped-def]
        result = scaled(values, 0, 2) + scaled(values, 1, 3)
        for i in range(values.size):
            result += scaled(values, i, i)
        return result

    return total, scaled


def test_a_kernel_calls_what_was_held_back() -> None:
    """The result is that of plain Python."""
    total, _ = declared()
    values = np.array([1.5, 2.0, 4.0])
    assert total(values) == 2 * 1.5 + 3 * 2.0 + 2.0 + 2 * 4.0  # type: ignore[operator]


def test_an_inner_function_is_compiled_once_whatever_constants_it_is_called_with() -> None:
    """Constants and variables are one signature."""
    total, scaled = declared()
    total(np.ones(3))  # type: ignore[operator]
    assert len(scaled.nopython_signatures) == 1  # type: ignore[attr-defined]


def test_python_calls_the_plain_form_of_an_inner_function() -> None:
    """There is no machine code to call, neither before nor after a kernel was compiled."""
    total, scaled = declared()
    for _ in range(2):
        assert scaled(np.ones(3), 0, 2) == 2.0  # type: ignore[operator]
        assert scaled(["ab"], i=0, factor=2) == "abab"  # type: ignore[operator]
        total(np.ones(3))  # type: ignore[operator]


def test_a_kernel_is_loaded_where_it_was_compiled_before(own_folder: Path) -> None:
    """A second one of the same name and signature finds the file; another signature has its own."""
    first, second = declared()[0], declared()[0]
    first(np.ones(3))  # type: ignore[operator]
    assert len(list(own_folder.iterdir())) == 1
    second(np.ones(3))  # type: ignore[operator]
    assert list(second.stats.cache_hits.values()) == [1]  # type: ignore[attr-defined]
    second(np.ones(3, dtype=np.int64))  # type: ignore[operator]
    assert len(list(own_folder.iterdir())) == 2


@pytest.mark.parametrize("damage", [b"", b"\x80\x04", b"nonsense"])
def test_a_damaged_file_is_written_anew(own_folder: Path, damage: bytes) -> None:
    """A disk that was full or a process that was killed leaves no kernel that fails."""
    declared()[0](np.ones(3))  # type: ignore[operator]
    (file,) = own_folder.iterdir()
    whole = file.stat().st_size
    file.write_bytes(damage)
    assert declared()[0](np.ones(3)) == 8.0  # type: ignore[operator]
    assert file.stat().st_size == pytest.approx(whole, rel=0.05)


def test_a_folder_that_cannot_be_written_to_any_more_does_no_harm(
    own_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel is compiled all the same."""

    def full(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(Path, "write_bytes", full)
    assert declared()[0](np.ones(3)) == 8.0  # type: ignore[operator]
    assert not list(own_folder.iterdir())


def test_without_a_folder_kernels_are_compiled_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is read or written."""
    monkeypatch.setattr("atoopt.kernels.folder.kernel_folder", lambda: None)
    total = declared()[0]
    assert total(np.ones(3)) == 8.0  # type: ignore[operator]
    assert declare.Store(total.py_func, "gaps").path(()) is None  # type: ignore[attr-defined]
