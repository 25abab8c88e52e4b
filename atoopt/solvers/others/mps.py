"""A model as an MPS file that every solver reads alike: minimized, without a constant, each bound written out.

Readers differ on the sense of the objective, on its constant, and on bounds of integers left out: so none is left to
them. Numbers have as many digits as a double has.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from atoopt.solvers.arrays.standard_form import StandardForm
from atoopt.solvers.model_files import plain

OBJECTIVE = "OBJ"


def column_names(form: StandardForm, readable: bool = False) -> list[str]:
    """Return a name for each column: short ones that every reader takes, or those of the model as far as they go."""
    if not readable:
        return [f"x{j}" for j in range(form.lower.size)]
    taken: set[str] = set()
    names = []
    for j, variable in enumerate(form.variables):
        name = plain(variable.name)
        names.append(name if name not in taken and name != OBJECTIVE else f"{name}~{j}")
        taken.add(names[-1])
    return names


def write_mps(form: StandardForm, file: Path, columns: Sequence[str]) -> None:
    """Write a model in free MPS.

    Parameters
    ----------
    form : StandardForm
        A maximization is written with its costs turned.
    file : Path
    columns : sequence of str
        See `column_names`.
    """
    with file.open("w", encoding="ascii") as stream:
        for line in _lines(form, columns):
            stream.write(line + "\n")


def _lines(form: StandardForm, columns: Sequence[str]) -> Iterator[str]:
    rows = [f"r{i}" for i in range(form.row_lower.size)]
    kinds = [_kind(low, high) for low, high in zip(form.row_lower.tolist(), form.row_upper.tolist(), strict=True)]
    yield "NAME model"
    yield "ROWS"
    yield f" N {OBJECTIVE}"
    yield from (f" {kind} {row}" for kind, row in zip(kinds, rows, strict=True))
    yield from _columns(form, columns, rows)
    yield "RHS"
    for row, kind, low, high in zip(rows, kinds, form.row_lower.tolist(), form.row_upper.tolist(), strict=True):
        side = high if kind == "L" else low
        if kind != "N" and side != 0:
            yield f" RHS {row} {side!r}"
    ranges = [
        f" RNG {row} {high - low!r}"
        for row, kind, low, high in zip(rows, kinds, form.row_lower.tolist(), form.row_upper.tolist(), strict=True)
        if kind == "G" and np.isfinite(high)
    ]
    if ranges:
        yield "RANGES"
        yield from ranges
    yield "BOUNDS"
    for name, low, high in zip(columns, form.lower.tolist(), form.upper.tolist(), strict=True):
        yield from _bounds(name, low, high)
    yield "ENDATA"


def _kind(low: float, high: float) -> str:
    """Return the letter of a row; one with two sides is a G with a range."""
    if low == high:
        return "E"
    if np.isinf(low):
        return "N" if np.isinf(high) else "L"
    return "G"


def _columns(form: StandardForm, columns: Sequence[str], rows: Sequence[str]) -> Iterator[str]:
    yield "COLUMNS"
    start, index, value = form.rows.indptr, form.rows.indices.tolist(), form.rows.data.tolist()
    costs = (form.costs if form.minimize else -form.costs).tolist()
    inside = False
    for j, name in enumerate(columns):
        if bool(form.integer[j]) != inside:
            inside = not inside
            yield f" MARKER 'MARKER' '{'INTORG' if inside else 'INTEND'}'"
        yield f" {name} {OBJECTIVE} {costs[j]!r}"
        for k in range(start[j], start[j + 1]):
            yield f" {name} {rows[index[k]]} {value[k]!r}"
    if inside:
        yield " MARKER 'MARKER' 'INTEND'"


def _bounds(name: str, low: float, high: float) -> Iterator[str]:
    """Yield a column's bounds; without any it would be at least 0, or for some readers from 0 to 1."""
    if low == high:
        yield f" FX BND {name} {low!r}"
    elif np.isinf(low) and np.isinf(high):
        yield f" FR BND {name}"
    else:
        yield f" MI BND {name}" if np.isinf(low) else f" LO BND {name} {low!r}"
        yield f" PL BND {name}" if np.isinf(high) else f" UP BND {name} {high!r}"
