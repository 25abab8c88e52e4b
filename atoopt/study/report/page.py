"""One self-contained page of a study: no request leaves it, and everything that it needs is in it once."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from atoopt.base.errors import InputError, one_line
from atoopt.base.writing import write_text
from atoopt.pages.libraries import TEMPLATES as SHARED
from atoopt.pages.libraries import datatables, environment, own, plotly_script
from atoopt.study.data import StudyData
from atoopt.study.measures.compare import compare
from atoopt.study.report.compare_section import compare_section
from atoopt.study.report.facts import disturbed, facts, methods_matrix
from atoopt.study.report.grids import runs_grid
from atoopt.study.report.groups import groups, study_alarms, tolerances_of
from atoopt.study.report.packing import packed, packed_logs
from atoopt.study.report.parts import Figure, Grid, Section
from atoopt.study.report.sections import sections

TEMPLATES = Path(__file__).parent / "templates"

LARGEST = 8_000_000
"""Bytes that a page may have: more is not sent by mail."""


@dataclass(frozen=True)
class Detail:
    """How much of a large study is in the page: letters of logs, points of a curve, rows of the table of runs."""

    log_letters: int
    points: int
    rows: int


DETAILS = (
    Detail(4_000_000, 200, 100_000), Detail(1_500_000, 60, 100_000), Detail(500_000, 20, 100_000),
    Detail(100_000, 6, 6_000), Detail(50_000, 0, 2_000), Detail(0, 0, 300),
)  # fmt: skip
"""From everything to the least; the first that fits is taken."""


def write_page(study: StudyData, path: str | os.PathLike[str], old: StudyData | None = None) -> None:
    """Write the page of a study.

    Parameters
    ----------
    study : StudyData
    path : path
        The file, ``.html``.
    old : StudyData, optional
        A study of the same names to compare with.

    Raises
    ------
    InputError
        Nothing was measured, a library that it carries is not installed, the page would be too large even
        with the least detail, or the file cannot be written.
    """
    write_text(path, page_text(study, old))


def page_text(study: StudyData, old: StudyData | None = None) -> str:
    """Return the page of a study as text; see `write_page`."""
    study = study.checked()
    for detail in DETAILS:
        text = _render(study, old, detail)
        text = text.encode("utf-8", "backslashreplace").decode("utf-8")  # half of a character has no place in a file
        if len(text.encode("utf-8")) < LARGEST:
            return text
    raise InputError(f"is too large for a page ({len(study.runs)} runs)", "split it", place=study.name)


def _render(study: StudyData, old: StudyData | None, detail: Detail) -> str:
    """Return the page with so much detail."""
    script, style = datatables()
    changes = None if old is None else compare(old, study, tolerances_of(study))
    shown = [section for group in groups(study) for section in sections(group, detail.points)]
    if old is not None and changes is not None:
        shown.insert(0, _cut(compare_section(changes, old), detail.rows))
    found = (*study_alarms(study), *(changes.alarms if changes else ()))
    numbers, logs = packed_logs(study.logs, map(str, study.runs["key"][: detail.rows]), detail.log_letters)
    grid = runs_grid(study, numbers, detail.rows)
    left_out = len(study.runs) - len(grid.rows)
    notes = (
        [f"{left_out} runs are left out here, for want of room: see the tables beside this page."] if left_out else []
    )
    if numbers and detail.log_letters < DETAILS[0].log_letters:
        notes.append("Logs and curves are shortened, for want of room.")
    shown.append(Section("runs", "All runs", notes, [grid]))
    parts = [part for section in shown for part in section.parts]
    data = {
        "figures": {part.id: part.data() for part in parts if isinstance(part, Figure)},
        "grids": {part.id: part.data() for part in parts if isinstance(part, Grid)},
    }
    context: dict[str, Any] = {
        "title": one_line(study.name), "facts": facts(study), "methods": methods_matrix(study),
        "disturbed": disturbed(study), "alarms": [alarm.text for alarm in found], "sections": shown,
        "menu": [(name, list(some)) for name, some in groupby(shown, lambda section: section.group)],
        "command": str(study.info.get("command") or ""), "instances": _instances(study),
    }  # fmt: skip
    trusted = {
        "plotly": plotly_script(), "datatables": script, "datatables_style": style, "style": own(SHARED, "page.css"),
        "script": own(TEMPLATES, "page.js"), "data": packed(data), "logs": logs,
    }  # fmt: skip
    trusted["nonce"] = hashlib.sha256("".join(trusted.values()).encode()).hexdigest()[:32]
    markup = environment(TEMPLATES).filters["safe"]
    return str(
        environment(TEMPLATES)
        .get_template("page.html")
        .render(context | {name: markup(text) for name, text in trusted.items()})
    )


def _cut(section: Section, rows: int) -> Section:
    """Return a section whose tables have at most so many rows."""
    parts = [replace(part, rows=part.rows[:rows]) if isinstance(part, Grid) else part for part in section.parts]
    return replace(section, parts=parts)


def _instances(study: StudyData) -> list[str]:
    return sorted({one_line(str(name)) for name in study.runs["instance"]})
