"""The section of a page on what changed since another study."""

from __future__ import annotations

from atoopt.base.errors import one_line
from atoopt.study.data import StudyData
from atoopt.study.measures.compare import CHANGE, CHANGES, StudyComparison
from atoopt.study.report.names import UNKNOWN, number, short
from atoopt.study.report.parts import Cell, Column, Grid, Matrix, Section

COLUMNS = (
    Column("instance", "text", True), Column("method", "text", True), Column("seed"), Column("repeat"),
    Column("change", "text", True), Column("seconds, old"), Column("seconds, new"), Column("new / old"),
    Column("reason, old", "text"), Column("reason, new", "text"), Column("objective, old"), Column("objective, new"),
    Column("version, old", "text"), Column("version, new", "text"),
)  # fmt: skip


def compare_section(found: StudyComparison, old: StudyData) -> Section:
    """Return what changed since an older study, by method and by run."""
    notes = [
        f"{len(found.rows)} runs joined by instance, method, seed and repeat with those of {short(old.name, 80)} "
        f"({short(old.info.get('store', UNKNOWN), 80)}); {found.only_old} are only there, {found.only_new} only here. "
        f"Times within {100 * CHANGE:g} % count as the same; means are shifted geometric ones with the smaller of both "
        "limits for a failure.",
    ]
    rows = []
    for method, row in found.summary.iterrows():
        cells = [Cell(str(int(row[name])), _shade(name) * bool(row[name])) for name in CHANGES]
        cells += [Cell(number(float(row[f"mean_seconds_{part}"]))) for part in ("old", "new")]
        rows.append((short(method, 48), cells))
    head = ["method", *CHANGES, "mean seconds, old", "mean seconds, new"]
    return Section(
        "compare", "What changed", notes, [Matrix("compare-table", head, rows, "Changes by method."), _grid(found)]
    )


def _shade(change: str) -> float:
    return {"newly solved": 0.6, "faster": 0.3, "newly failed": -0.6, "slower": -0.3}.get(change, 0.0)


def _grid(found: StudyComparison) -> Grid:
    """Return all pairs as a table."""
    names = [
        "instance", "method", "seed", "repeat", "change", "seconds_old", "seconds_new", "ratio", "reason_old",
        "reason_new", "objective_old", "objective_new", "solver_version_old", "solver_version_new",
    ]  # fmt: skip
    frame = found.rows[names].astype(object).where(found.rows[names].notna(), None)
    rows = [
        [one_line(value) if isinstance(value, str) else value for value in row] for row in frame.to_numpy().tolist()
    ]
    return Grid("compare-runs", COLUMNS, rows, "Changes by run.")
