"""The tables beside a page: runs as CSV and Parquet, curves as CSV, the overview as Markdown and LaTeX."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from atoopt.base.errors import InputError
from atoopt.base.writing import whole_file, write_text
from atoopt.pages.libraries import optional
from atoopt.study.data import StudyData
from atoopt.study.measures.gaps import gap_profile
from atoopt.study.measures.profiles import Curves, data_profile, performance_profile
from atoopt.study.report.groups import Group, groups
from atoopt.study.report.names import latex, markdown, short, spreadsheet
from atoopt.study.report.overview_parts import overview_texts


def write_tables(study: StudyData, prefix: str | os.PathLike[str]) -> list[Path]:
    """Write the tables of a study.

    Parameters
    ----------
    study : StudyData
    prefix : path
        An existing folder, or the start of the files' names: ``out/report`` gives ``out/report-runs.csv``.

    Returns
    -------
    list of Path
        runs.csv, runs.parquet, performance-profile.csv, data-profile.csv, gap-profile.csv (what cannot be computed
        is left out), overview.md, overview.tex. In CSV, a text that a spreadsheet program would take for a formula
        starts with an apostrophe; Parquet has the names as they are.

    Raises
    ------
    InputError
        Nothing was measured, pyarrow is not installed, or a file cannot be written.
    """
    study = study.checked()
    start = f"{Path(prefix)}{os.sep}" if Path(prefix).is_dir() else f"{prefix}-"
    files = {name: Path(f"{start}{name}") for name in ("runs.csv", "runs.parquet", "overview.md", "overview.tex")}
    write_csv(study.runs, files["runs.csv"])
    write_parquet(study.runs, files["runs.parquet"])
    shown = groups(study)
    write_text(files["overview.md"], "\n".join(markdown_overview(group) for group in shown))
    write_text(files["overview.tex"], "\n".join(latex_overview(group) for group in shown))
    for name, of in _CURVES.items():
        curves = _curves(shown, of)
        if curves is not None:
            files[name] = Path(f"{start}{name}-profile.csv")
            write_csv(curves, files[name])
    return list(files.values())


_CURVES: dict[str, Callable[[Group], Curves]] = {
    "performance": lambda group: performance_profile(group.runs),
    "data": lambda group: data_profile(group.runs, group.study.limit),
    "gap": lambda group: gap_profile(group.runs),
}


def _curves(shown: Sequence[Group], of: Callable[[Group], Curves]) -> pd.DataFrame | None:
    """Return the curves of all groups as one long table, None where there are none."""
    parts = []
    for group in shown:
        try:
            long = of(group).tidy()
        except InputError:
            continue
        first = group.runs.iloc[0]
        long.insert(0, "problem", str(first["problem"]))
        long.insert(1, "task", group.task)
        parts.append(long)
    return pd.concat(parts, ignore_index=True) if parts else None


def write_csv(table: pd.DataFrame, path: str | os.PathLike[str]) -> None:
    """Write a table as CSV, no text of it a formula."""
    safe = table.copy()
    for name in safe.columns:
        safe[name] = safe[name].map(lambda value: spreadsheet(value) if isinstance(value, str) else value)
    with whole_file(path) as temporary:
        safe.to_csv(temporary, index=False, errors="backslashreplace")


def write_parquet(table: pd.DataFrame, path: str | os.PathLike[str]) -> None:
    """Write a table as Parquet; a column of texts and other things is one of texts."""
    optional("pyarrow")
    plain = table.copy()
    if "complete" in plain.columns:
        plain["complete"] = (
            plain["complete"].map(lambda value: None if pd.isna(value) else bool(value)).astype("boolean")
        )
    for name in [name for name in plain.columns if plain[name].dtype == "object"]:
        texts = [None if pd.isna(value) else _whole(str(value)) for value in plain[name]]
        plain[name] = pd.Series(texts, index=plain.index, dtype="str")
    with whole_file(path) as temporary:
        plain.to_parquet(temporary, index=False, engine="pyarrow")


def _whole(text: str) -> str:
    """Return a text without halves of characters, which no file format takes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def markdown_overview(group: Group) -> str:
    """Return the overview of a group as a Markdown table."""
    head, named = overview_texts(group)
    rows = [[short(name, 200), *cells] for name, cells in named]
    lines = [f"**{markdown(group.title)}**", ""] if group.title else []
    lines.append("| " + " | ".join(map(markdown, head)) + " |")
    lines.append("|" + "|".join(["---", *["---:"] * (len(head) - 1)]) + "|")
    lines += ["| " + " | ".join(map(markdown, row)) + " |" for row in rows]
    return _whole("\n".join([*lines, ""]))


def latex_overview(group: Group) -> str:
    """Return the overview of a group as a LaTeX tabular, with rules of the package booktabs."""
    head, named = overview_texts(group)
    rows = [[short(name, 200), *cells] for name, cells in named]
    lines = [f"% {' '.join(latex(group.title).split())}"] if group.title else []
    lines += [rf"\begin{{tabular}}{{l{'r' * (len(head) - 1)}}}", r"\toprule", " & ".join(map(latex, head)) + r" \\"]
    lines += [
        r"\midrule",
        *(" & ".join(map(latex, row)) + r" \\" for row in rows),
        r"\bottomrule",
        r"\end{tabular}",
        "",
    ]
    return _whole("\n".join(lines))
