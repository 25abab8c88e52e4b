"""A model as an MPS file that all readers take for the same one.

What readers differ in is left out: the sense (GLPK 5.0 refuses the section that has it, CBC 2.10 passes over it),
constants of the objective (some read the right-hand side of an objective with the other sign), default bounds of
whole columns (1 or infinity). So every file is a minimization, the constant is a column that is fixed at 1, and every
column has both bounds.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from atoopt.solvers.others.ask import ModelFile

if TYPE_CHECKING:
    from atoopt.solvers.arrays.standard_form import StandardForm

CONSTANT = "constant"
"""The fixed column with the constant of the objective."""


def write_mps(form: StandardForm, path: Path, names: Sequence[str] | None = None) -> ModelFile:
    """Write a model as a free MPS file.

    Parameters
    ----------
    form : StandardForm
    path : Path
    names : sequence of str, optional
        Of the columns, each another one, without spaces; x0, x1 and so on by default.

    Returns
    -------
    ModelFile
        Where there is a constant, its column is the last.
    """
    sign = 1.0 if form.minimize else -1.0
    columns = [f"x{j}" for j in range(form.lower.size)] if names is None else list(names)
    constant = _another(columns) if form.offset else None
    with path.open("w", encoding="utf-8") as file:
        # FREE is what CBC goes by; others take it for a part of the name
        file.writelines(f"{line}\n" for line in ("NAME model FREE", "ROWS", " N obj"))
        file.writelines(f" {kind} r{i}\n" for i, kind in enumerate(_kinds(form)))
        file.write("COLUMNS\n")
        file.writelines(f" {line}\n" for line in _entries(form, columns, sign))
        if constant:
            file.write(f" {constant} obj {sign * form.offset!r}\n")
        file.write("RHS\n")
        file.writelines(f" RHS r{i} {side!r}\n" for i, side in _sides(form) if side)
        file.write("RANGES\n")
        file.writelines(f" RNG r{i} {width!r}\n" for i, width in _widths(form))
        file.write("BOUNDS\n")
        file.writelines(f" {line}\n" for line in _bounds(form, columns))
        file.write(f" FX BND {constant} 1\nENDATA\n" if constant else "ENDATA\n")
    return ModelFile(path, (*columns, constant) if constant else tuple(columns), form, sign)


def _another(columns: Sequence[str]) -> str:
    taken, name = set(columns), CONSTANT
    while name in taken:
        name += "_"
    return name


def _kinds(form: StandardForm) -> Iterator[str]:
    for low, high in zip(form.row_lower.tolist(), form.row_upper.tolist(), strict=True):
        if low == high:
            yield "E"
        elif math.isfinite(low):
            yield "G"
        else:
            yield "L" if math.isfinite(high) else "N"


def _sides(form: StandardForm) -> Iterator[tuple[int, float]]:
    for i, (low, high) in enumerate(zip(form.row_lower.tolist(), form.row_upper.tolist(), strict=True)):
        if math.isfinite(low) or math.isfinite(high):
            yield i, low if math.isfinite(low) else high


def _widths(form: StandardForm) -> Iterator[tuple[int, float]]:
    for i, (low, high) in enumerate(zip(form.row_lower.tolist(), form.row_upper.tolist(), strict=True)):
        if math.isfinite(low) and math.isfinite(high) and low != high:
            yield i, high - low


def _entries(form: StandardForm, columns: Sequence[str], sign: float) -> Iterator[str]:
    """Yield the coefficients; every column has one at least, a cost of 0 if no other."""
    start, index, value = form.rows.indptr.tolist(), form.rows.indices.tolist(), form.rows.data.tolist()
    whole_before = False
    for j, (name, cost, whole) in enumerate(zip(columns, form.costs.tolist(), form.integer.tolist(), strict=True)):
        if whole != whole_before:
            yield f"M{j} 'MARKER' '{'INTORG' if whole else 'INTEND'}'"
            whole_before = whole
        if cost or start[j] == start[j + 1]:
            yield f"{name} obj {sign * cost!r}"
        for k in range(start[j], start[j + 1]):
            yield f"{name} r{index[k]} {value[k]!r}"
    if whole_before:
        yield "MEND 'MARKER' 'INTEND'"


def _bounds(form: StandardForm, columns: Sequence[str]) -> Iterator[str]:
    for name, low, high in zip(columns, form.lower.tolist(), form.upper.tolist(), strict=True):
        if low == high:
            yield f"FX BND {name} {low!r}"
        elif math.isinf(low) and math.isinf(high):
            yield f"FR BND {name}"
        else:
            yield f"MI BND {name}" if math.isinf(low) else f"LO BND {name} {low!r}"
            yield f"PL BND {name}" if math.isinf(high) else f"UP BND {name} {high!r}"
