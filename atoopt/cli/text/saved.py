"""A file that is no instance, on one screen: a result, a front, a study."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from atoopt.base.errors import InputError, one_line, short
from atoopt.base.files import read_json

SHOWN = 20
"""Rows of a table at most, unless all are asked for."""


def saved(file: str, show_all: bool = False) -> tuple[list[str], dict[str, Any]] | None:
    """Return lines and plain data about a file; None for what is an instance, or pretends to be one.

    Parameters
    ----------
    file : str
        A result or front (JSON), a study (TOML), or its store.
    show_all : bool
        All rows of the tables.

    Raises
    ------
    InputError
        The file cannot be read.
    """
    if Path(file).suffix.lower() in (".toml", ".db"):
        return _study(file)
    data = read_json(file)
    if "format" in data:
        return None
    if "points" in data:
        return _front(file)
    if "solution" in data or "modules" in data or "policy" in data or "levels" in data:
        return _result(data, file, show_all)
    return None


def _result(data: Mapping[str, Any], file: str, show_all: bool) -> tuple[list[str], dict[str, Any]]:
    from atoopt.workbench.sheets import sheets_of

    told = [f"{data.get('instance', file)}: {data.get('status', 'a solution')}"]
    for name in ("objective", "bound", "gap", "seconds"):
        value = data.get(name)
        if isinstance(value, (int, float)):
            told.append(f"{name} {value:.2%}" if name == "gap" else f"{name} {value:.6g}")
    if data.get("method"):
        told.append(f"by {data['method']}")
    lines = [one_line(", ".join(told))]
    if data.get("message"):
        lines.append(one_line(str(data["message"])))
    numbers = {
        name: data.get(name) for name in ("instance", "status", "objective", "bound", "gap", "seconds", "method")
    }
    if data.get("solution", data) is None:
        return [*lines, "there is no solution"], numbers
    sheets = sheets_of(data, file)
    for name, sheet in sheets.items():
        shown = sheet if show_all else sheet.head(SHOWN)
        readable = shown.map(lambda cell: short(cell, 100) if isinstance(cell, str) else cell)
        lines += ["", f"{len(sheet)} {name}:", readable.to_string(index=False, na_rep="-")]
        if len(shown) < len(sheet):
            lines.append(f"... and {len(sheet) - len(shown)} more (--all lists them)")
    return lines, numbers | {name: sheet.to_dict("records") for name, sheet in sheets.items()}


def _front(file: str) -> tuple[list[str], dict[str, Any]]:
    from atoopt.cli.text.front import front_lines
    from atoopt.pareto.front import Front

    front = Front.load(file)
    return front_lines(front), front.to_json(points_only=True)


def _study(file: str) -> tuple[list[str], dict[str, Any]]:
    if file.lower().endswith(".toml"):
        from atoopt.study import Study

        study = Study.load(file)
        counts: dict[str, Any] = study.status()
        name = study.definition.study.name
        return [f"study {name}: " + ", ".join(f"{n} {word}" for word, n in counts.items())], {"name": name, **counts}
    from atoopt.study.measures.outcomes import kinds
    from atoopt.study.tables import data_of_store

    data = data_of_store(file)
    if data.runs.empty:
        raise InputError("holds no runs", "run the study first", file=file)
    ended = kinds(data.runs).groupby(data.runs["method"]).value_counts().unstack(fill_value=0)
    name = str(data.info.get("name", ""))
    rows = ended.reset_index().to_dict("records")
    return [f"study {name}: {len(data.runs)} runs", "", ended.to_string()], {
        "name": name,
        "runs": len(data.runs),
        "ends": rows,
    }
