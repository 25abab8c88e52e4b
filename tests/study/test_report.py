"""The page, the tables beside it, and the comparison of two stores, without a browser."""

from __future__ import annotations

import base64
import csv
import dataclasses
import gzip
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from atoopt.base.errors import InputError
from atoopt.pages.libraries import datatables, optional, plotly_script
from atoopt.study.data import StudyData
from atoopt.study.measures.compare import compare
from atoopt.study.report import page as page_module
from atoopt.study.report.export import write_tables
from atoopt.study.report.facts import disturbed
from atoopt.study.report.groups import methods_of, study_alarms
from atoopt.study.report.names import labels, latex, markdown, plotly_text, short
from atoopt.study.report.packing import cut
from atoopt.study.report.page import LARGEST, Detail, page_text, write_page
from tests.study.tables import FAILED, INFO, failed, front, run, synthetic, table, trajectory

HOSTILE = [
    '<img src=x onerror="alert(1)">&amp;', "</script><script>alert(2)</script>", "'\"><svg/onload=alert(3)> %{x} $x$",
    "x" * 200, "Größe \u202e | a_b {c} \\", "=HYPERLINK(\"http://x\")", "<!--<script>", "<b>bold</b>",
]  # fmt: skip
"""Names that would be something else than text, where they are not taken care of."""


@pytest.fixture(scope="module")
def small() -> StudyData:
    """Return a study of three methods on four instances."""
    return synthetic(["pattern", "scip", "cbc"], [f"sparse-{i}" for i in range(4)])


def packed_in(page: str, name: str) -> Any:
    """Return what is packed in a page."""
    found = re.search(rf'<script type="text/plain" id="{name}">([^<]*)</script>', page)
    assert found
    return json.loads(gzip.decompress(base64.b64decode(found[1])))


def test_a_page_has_everything_once(small: StudyData, tmp_path: Path) -> None:
    """One file under 8 MB, each library once, every section, no address to load anything from."""
    write_page(small, tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text("utf-8")
    assert len(text.encode()) < LARGEST
    assert text.count(plotly_script()) == 1
    assert text.count(datatables()[0]) == 1
    for title in (
        "Overview", "Performance profile", "Data profile", "Pairwise wins", "Gaps", "Primal integral", "Trajectories",
        "Spread over seeds", "Statistical tests", "Fronts", "All runs", "How it was measured", "To repeat it",
    ):  # fmt: skip
        assert re.search(rf"<h[23]>{title}", text), title
    own = text.replace(plotly_script(), "").replace(datatables()[1], "")
    assert not re.search(r"(src|href|url)\s*[=(]\s*[\"']?(https?:)?//", own)
    for value in (INFO["command"], "rel gap 0.0001", "wall seconds 60.0", "a processor", "pyomo 6.10.1"):
        assert value in own


def test_numbers_of_the_page(small: StudyData) -> None:
    """The table of runs has each run, the overview the counts, the logs each log."""
    text = page_text(small)
    data = packed_in(text, "data")
    rows = data["grids"]["runs-table"]["rows"]
    assert len(rows) == len(small.runs)
    titles = [column["title"] for column in data["grids"]["runs-table"]["columns"]]
    logs = packed_in(text, "logs")
    first = rows[0]
    assert logs[first[titles.index("log")]] == small.logs[small.runs["key"].iloc[0]]
    assert first[titles.index("seconds")] == pytest.approx(small.runs["seconds"].iloc[0], rel=1e-5)
    assert json.dumps(data, allow_nan=False)


def test_alarms_stand_first(small: StudyData) -> None:
    """A wrong answer and two optima are shown before anything else, and are what `study_alarms` returns."""
    runs = small.runs.copy()
    lies = (runs["method"] == "cbc") & (runs["instance"] == "sparse-1") & (runs["task"] == "solve")
    runs.loc[lies, ["status", "reason"]] = ["wrong", "wrong: row demand[b] is 3, not 4"]
    study = dataclasses.replace(small, runs=runs)
    alarms = study_alarms(study)
    assert [alarm.kind for alarm in alarms] == ["wrong answer"]
    text = page_text(study)
    assert text.index("row demand[b] is 3, not 4") < text.index("<h2>Overview")
    assert 'class="alarms"' in text
    assert 'class="calm"' not in text
    assert study_alarms(small) == ()
    assert 'class="calm"' in page_text(small)


def test_an_empty_study_is_an_error(small: StudyData, tmp_path: Path) -> None:
    """No runs, or none that was not skipped: an error, and no page."""
    skipped = [failed("S", "p", "skipped: scip is not installed", status="skipped")]
    for runs, words in ((table([]), "has no runs"), (table(skipped), "scip is not installed")):
        for write in (write_page, write_tables):
            with pytest.raises(InputError, match=words):
                write(dataclasses.replace(small, runs=runs), tmp_path / "page.html")
    with pytest.raises(InputError, match="no column sense"):
        write_page(dataclasses.replace(small, runs=small.runs.drop(columns="sense")), tmp_path / "page.html")
    assert list(tmp_path.iterdir()) == []


def test_the_smallest_study() -> None:
    """One run without trajectory, log, limit or facts still has a page that says what is not there."""
    text = page_text(StudyData(table([run("A", "p")])))
    assert "1 method is too few" in text
    assert "there is one method alone" in text
    assert "No instance was run with several seeds" in text


def test_skipped_runs_have_no_numbers(tmp_path: Path) -> None:
    """A run that was skipped may have neither time nor sense, and None where a number would be."""
    nothing = dict.fromkeys(("seconds", "cpu_seconds", "load", "sense", "memory_mb", "overshoot", "objective", "bound"))
    skipped = {"status": "skipped", "reason": "skipped: scip is not installed", "solver_version": None, **nothing}
    rows = [
        run("A", "p"),
        run("B", "p", seconds=3.0),
        run("S", "p", **skipped),
        run("B", "q", **skipped),
        run("A", "q"),
    ]
    study = StudyData(table(rows), info=INFO)
    text = page_text(study)
    row = next(row for row in packed_in(text, "data")["grids"]["runs-table"]["rows"] if "S" in row)
    assert row.count(None) >= 3
    assert study_alarms(study) == ()
    assert len(write_tables(study, tmp_path)) == 7


def test_nothing_but_failures() -> None:
    """A page of failures alone has its counts."""
    rows = [failed(method, "p", reason) for method, reason in (("A", "time"), ("B", "crash: signal 11"), ("C", ""))]
    text = page_text(StudyData(table(rows), info=INFO))
    assert "no problem" in text or "Not shown" in text
    assert '<th scope="col">unknown</th>' in text


def test_a_large_study_is_cut_to_fit(small: StudyData, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a page would be too large, logs and curves are shortened, then rows left out, and it says so."""
    rng = np.random.default_rng(0)
    noise = {str(key): "".join(map(chr, rng.integers(33, 126, 3000))) for key in small.runs["key"]}
    study = dataclasses.replace(small, logs=noise)
    whole = len(page_text(study).encode())
    monkeypatch.setattr(page_module, "LARGEST", whole - 1)
    monkeypatch.setattr(page_module, "DETAILS", (Detail(4_000_000, 200, 9999), Detail(20_000, 5, 10)))
    text = page_text(study)
    assert len(text.encode()) < whole
    assert f"{len(small.runs) - 10} runs are left out here" in text
    assert "shortened" in text
    monkeypatch.setattr(page_module, "LARGEST", 1000)
    with pytest.raises(InputError, match="too large"):
        page_text(study)


def test_runs_that_shared_their_core(small: StudyData) -> None:
    """Runs of one thread with little CPU time are counted; short ones, and those of several threads, are not."""
    rows = [
        run("A", "p", seconds=10.0, cpu_seconds=5.0), run("A", "q", seconds=0.5, cpu_seconds=0.1),
        run("B", "p", seconds=10.0, cpu_seconds=9.5),
    ]  # fmt: skip
    study = StudyData(table(rows), info=INFO)
    (text,) = disturbed(study)
    assert text.startswith("1 of 3 runs had less than 0.9 s of CPU")
    assert "A 1" in text
    assert text in page_text(study)
    several = StudyData(table(rows), info=INFO | {"limits": {"wall_seconds": 60, "threads": 2}})
    assert disturbed(several) == []


def test_hostile_names_are_no_markup() -> None:
    """No name stands in the page as it is: neither in markup, nor in a script."""
    study = synthetic(HOSTILE[:4], HOSTILE, seeds=2)
    info = {**study.info, "name": HOSTILE[1], "command": HOSTILE[1] + "\ud800", "machine": {HOSTILE[0]: HOSTILE[1]}}
    runs = study.runs.assign(message=HOSTILE[1], solver=HOSTILE[0], started=HOSTILE[2])
    logs = dict.fromkeys(study.logs, HOSTILE[1] + "\ud800")
    text = page_text(dataclasses.replace(study, runs=runs, info=info, logs=logs), old=study)
    own = text.replace(plotly_script(), "").replace(datatables()[0], "").replace(datatables()[1], "")
    for name in ("<img", "<svg", "alert(2)</script>", "<!--"):
        assert name not in own
    assert own.count("<script") == own.count("</script>") == 5


def test_names_for_every_place() -> None:
    """Each place has its own letters that mean something."""
    assert plotly_text("<b>$x$ & y") == "&lt;b&gt;&#36;x&#36; &amp; y"
    assert markdown("a|b\n<script>`") == "a\\|b &lt;script&gt;\\`"
    assert latex("a_b & 50 % {x} \\ ^ ~") == (
        r"a\_b \& 50 \% \{x\} \textbackslash{} \textasciicircum{} \textasciitilde{}"
    )
    assert len(short("x" * 200)) == 28
    assert len(set(labels(["x" * 200, "x" * 201, "x" * 202]).values())) == 3
    assert short("a\u202eb\n c") == "a\\u202eb c"


def test_tables(small: StudyData, tmp_path: Path) -> None:
    """CSV and Parquet have every run, the curves are long tables, the overview is there twice."""
    files = {path.name: path for path in write_tables(small, tmp_path / "report")}
    assert set(files) == {
        "report-runs.csv", "report-runs.parquet", "report-overview.md", "report-overview.tex",
        "report-performance-profile.csv", "report-data-profile.csv", "report-gap-profile.csv",
    }  # fmt: skip
    assert len(pd.read_csv(files["report-runs.csv"])) == len(small.runs)
    parquet = pd.read_parquet(files["report-runs.parquet"])
    assert parquet["key"].tolist() == small.runs["key"].tolist()
    assert parquet["seconds"].tolist() == small.runs["seconds"].tolist()
    curves = pd.read_csv(files["report-performance-profile.csv"])
    assert curves.columns.tolist() == ["problem", "task", "method", "ratio", "share"]
    assert set(curves["task"]) == {"solve", "pareto"}
    lines = files["report-overview.md"].read_text("utf-8").splitlines()
    assert lines[0].startswith("**stock\\-composition, pareto**")
    assert files["report-overview.tex"].read_text("utf-8").count(r"\begin{tabular}") == 2
    assert {path.name for path in write_tables(small, tmp_path)} >= {"runs.csv", "overview.md"}


def test_tables_with_hostile_names(tmp_path: Path) -> None:
    """Names come back from Parquet as they were, and are no formula in CSV, no cell or command elsewhere."""
    names = [*HOSTILE[:4], HOSTILE[5], "a|b", r"\input{x}"]
    study = synthetic(names, ["p", "=q"], seeds=1)
    files = {path.name: path for path in write_tables(study, tmp_path)}
    assert set(pd.read_parquet(files["runs.parquet"])["method"]) == set(names)
    with files["runs.csv"].open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["instance"] for row in rows} == {"p", "'=q"}
    assert not [value for row in rows for value in row.values() if value.startswith("=")]
    markdown_lines = [line for line in files["overview.md"].read_text("utf-8").splitlines() if line.startswith("|")]
    assert len({len(re.findall(r"(?<!\\)\|", line)) for line in markdown_lines[:9]}) == 1
    assert "<" not in "".join(markdown_lines)
    assert r"\input" not in files["overview.tex"].read_text("utf-8")


def test_compare() -> None:
    """Runs are joined by name; each change has its word, and what has no partner is counted."""
    old = [
        run("A", "same", seconds=10.0), run("A", "faster", seconds=10.0), run("A", "slower", seconds=10.0),
        failed("A", "solved", "time"), run("A", "failed"), failed("A", "both", "time"), run("A", "gone"),
        run("A", "tiny", seconds=0.01), run("A", "skipped"),
    ]  # fmt: skip
    new = [
        run("A", "skipped", **{**FAILED, "status": "skipped", "reason": "skipped: no licence"}),
        run("A", "tiny", seconds=0.03), failed("A", "both", "memory"), failed("A", "failed", "crash: signal 9"),
        run("A", "solved", seconds=30.0), run("A", "slower", seconds=20.0), run("A", "faster", seconds=5.0),
        run("A", "same", seconds=10.5), run("A", "new"),
    ]  # fmt: skip
    found = compare(StudyData(table(old), info=INFO), StudyData(table(new), info=INFO))
    changes = dict(zip(found.rows["instance"], found.rows["change"], strict=True))
    assert changes == {
        "same": "same", "faster": "faster", "slower": "slower", "solved": "newly solved", "failed": "newly failed",
        "both": "both failed", "tiny": "same", "skipped": "skipped",
    }  # fmt: skip
    assert (found.only_old, found.only_new, found.alarms) == (1, 1, ())
    assert found.rows.set_index("instance")["ratio"]["faster"] == 0.5
    assert found.summary.loc["A", ["newly solved", "newly failed", "same"]].tolist() == [1, 1, 2]


def test_compare_alarms_are_those_between_both() -> None:
    """An optimum that the other version refutes is an alarm; one within a version is that version's own."""
    old = [run("A", "p", objective=10.0, bound=10.0), run("A", "q", objective=5.0, bound=5.0),
           run("B", "q", objective=6.0, bound=6.0)]  # fmt: skip
    new = [run("A", "p", objective=9.0, bound=9.0), run("A", "q", objective=5.5, bound=1.0, status="feasible"),
           run("B", "q", objective=6.0, bound=5.0, status="feasible")]  # fmt: skip
    found = compare(StudyData(table(old), info=INFO), StudyData(table(new), info=INFO))
    assert [alarm.methods for alarm in found.alarms] == [("A (old)", "A (new)")]
    assert found.alarms[0].runs == ("A-p-0-0", "A-p-0-0")
    with pytest.raises(InputError, match="no run in common"):
        compare(StudyData(table(old), info=INFO), StudyData(table([run("X", "y")]), info=INFO))


def test_page_with_what_changed(small: StudyData) -> None:
    """The comparison comes first, and what contradicts the old study is an alarm at the top."""
    text = page_text(small, old=small)
    assert text.index("What changed") < text.index("<h2>Overview")
    worse = small.runs.assign(objective=small.runs["objective"] * 1.1, bound=small.runs["bound"] * 1.1)
    text = page_text(dataclasses.replace(small, runs=worse), old=small)
    assert "cbc (new) and cbc (old)" in text[: text.index("What changed</h2>")]


def test_methods_keep_the_order_of_the_file() -> None:
    """Also those that have no run yet are not made up, and unknown ones come last."""
    rows = [run("B", "p"), run("A", "p"), run("Z", "p"), run("C", "p")]
    assert methods_of(StudyData(table(rows), info=INFO)) == ("A", "B", "C", "Z")


def test_rules_are_no_lie() -> None:
    """A complete front of threshold rules may lack points that others have."""
    info = INFO | {
        "definition": {"methods": [{"name": "rules", "method": "threshold"}, {"name": "all", "method": "exact"}]}
    }
    rows = [run(name, "p", task="pareto", complete=True, objective=np.nan, bound=np.nan) for name in ("rules", "all")]
    points = front(("rules-p-0-0", 1.0, 1.0), ("all-p-0-0", 0.0, 2.0), ("all-p-0-0", 1.0, 1.0))
    assert study_alarms(StudyData(table(rows), trajectory(), points, {}, info)) == ()
    assert len(study_alarms(StudyData(table(rows), trajectory(), points, {}, INFO))) == 1


def test_long_logs_are_cut_in_the_middle() -> None:
    """Beginning and end stay, and the rest is counted."""
    text = cut("a" * 1000 + "b" * 1000, 400)
    assert text.startswith("a" * 100)
    assert text.endswith("b" * 100)
    assert "letters left out" in text
    assert len(text) <= 420


def test_a_library_that_is_not_installed() -> None:
    """One line that says what to install."""
    with pytest.raises(InputError) as caught:
        optional("plotly_that_is_not_there")
    assert str(caught.value) == "plotly_that_is_not_there: is not installed; run pip install plotly_that_is_not_there"
