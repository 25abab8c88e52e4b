"""`atoopt pareto` on stocks, and `atoopt check` on fronts: the contract, the journal, what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import atoopt
from tests.cli.conftest import ROOT, Run

KEYS = {"problem", "instance", "method", "objectives", "complete", "points", "seconds"}


@pytest.fixture
def four(folder: Path) -> str:
    """Return the file name of four components and seven modules, T = 0.5."""
    instance = atoopt.load(ROOT / "instances/stock/frequency-4.json").replace(max_mean_assembly_time=0.5)
    instance.save("four.json")
    return "four.json"


@pytest.mark.parametrize("method", ["auto", "enumeration", "epsilon-constraint", "decomposition"])
def test_json_is_the_contract(run: Run, four: str, method: str) -> None:
    """One object with the promised keys; every point's solution has the keys of solve, and passes the check."""
    outcome = run("pareto", four, "--method", method, "--json", "--output", "front.json")
    assert (outcome.status, outcome.err) == (0, "")
    data = outcome.json
    assert set(data) >= KEYS
    assert (data["problem"], data["method"]) == ("stock-composition", method)
    assert data["objectives"] == ["cost", "mean_assembly_time"]
    for point in data["points"]:
        solution = point["solution"]
        assert set(solution) >= {"modules", "mean_assembly_time", "costs"}
        assert point["objectives"] == pytest.approx([sum(solution["costs"].values()), solution["mean_assembly_time"]])
        assert point["objectives"][1] <= 0.5 + 1e-9
    assert json.loads(Path("front.json").read_text()) == data
    assert Path("front.json.journal").exists() == (not data["complete"])
    checked = run("check", four, "front.json")
    assert (checked.status, checked.err) == (0, "")
    assert "none dominated" in checked.out
    only = run("pareto", four, "--method", method, "--json", "--points-only").json
    assert all("solution" not in point for point in only["points"])


def test_any_time_shows_the_whole_curve(run: Run, four: str) -> None:
    """Without the limit the front goes on to cheaper and slower stocks; it has no meaning for policies."""
    part, whole = run("pareto", four, "--json").json, run("pareto", four, "--json", "--any-time").json
    inside = [p["objectives"] for p in whole["points"] if p["objectives"][1] <= 0.5]
    assert [p["objectives"] for p in part["points"]] == inside
    assert len(whole["points"]) > len(inside)
    refused = run("pareto", ROOT / "instances/policy/plates-12.json", "--any-time")
    assert refused.status == 2
    assert refused.err.count("\n") == 1
    assert "--any-time" in refused.err


def test_table_shows_intervals(run: Run, four: str) -> None:
    """Cost, time, bound, gap and modules, with what is proven about the whole."""
    outcome = run("pareto", four, "--method", "decomposition", "--points", "3", "--any-time", "--plot", "front.png")
    assert outcome.status == 0
    lines = outcome.out.splitlines()
    assert "3 points, not complete" in lines[0]
    assert lines[1].startswith("coverage error: 0.")
    header = next(line for line in lines if line.startswith("cost"))
    assert header.split() == ["cost", "mean_assembly_time", "bound", "gap", "modules"]
    assert Path("front.png").read_bytes()[:4] == b"\x89PNG"


def test_the_same_command_goes_on(run: Run, four: str) -> None:
    """A journal of an earlier run is used; one of another instance is refused by name."""
    command = ("pareto", four, "--method", "decomposition", "--points", "4", "--any-time", "-o", "f.json", "--json")
    first = run(*command).json
    journal = Path("f.json.journal").read_text()
    assert run(*command).json["points"] == first["points"]
    assert Path("f.json.journal").read_text() == journal
    refused = run("pareto", four, "--method", "decomposition", "--points", "4", "-o", "f.json")
    assert refused.status == 2
    assert refused.err.count("\n") == 1
    assert "f.json.journal" in refused.err


def test_a_journal_that_is_not_used_stays(run: Run, four: str) -> None:
    """What another run left under this name is not deleted by a front that needed no journal."""
    Path("f.json.journal").write_text("another front\n", encoding="utf-8")
    outcome = run("pareto", four, "--method", "auto", "-o", "f.json")
    assert outcome.status == 0
    assert "f.json.journal was there before" in outcome.err
    assert Path("f.json.journal").read_text("utf-8") == "another front\n"


def test_a_front_beyond_the_limit_is_checked_without_it(run: Run, four: str) -> None:
    """The file says that the limit was set aside; without that word its points break it."""
    assert run("pareto", four, "--any-time", "-o", "f.json").status == 0
    assert run("check", four, "f.json").status == 0
    data = json.loads(Path("f.json").read_text("utf-8"))
    del data["details"]["set_aside"]
    Path("g.json").write_text(json.dumps(data), encoding="utf-8")
    assert run("check", four, "g.json").status == 1


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda d: d["points"][0]["objectives"].__setitem__(0, 1.0), "points[0]: cost is claimed as 1"),
        (lambda d: d["points"][1]["solution"]["modules"].pop(0), "points[1]: "),
        (lambda d: d["points"][0].__setitem__("bound", 1e6), "points[0]: bound 1000000 is above cost"),
        (lambda d: d["points"].append(d["points"][0] | {"objectives": [1e3, 0.5]}), "is dominated by points["),
        (lambda d: d.__setitem__("unexplored", [[[0, 1], [0, 1]]]), "complete is true beside 1 unexplored boxes"),
        (lambda d: d.__setitem__("instance", "other"), 'instance is "other"'),
    ],
)
def test_check_names_what_is_false_about_a_front(run: Run, four: str, change: object, says: str) -> None:
    """A false number, a broken stock, a bound above its cost, a dominated point, a false proof: exit status 1."""
    data = run("pareto", four, "--json").json
    change(data)  # type: ignore[operator]
    Path("front.json").write_text(json.dumps(data))
    outcome = run("check", four, "front.json")
    assert outcome.status == 1
    assert says in outcome.out


def test_a_front_without_solutions_cannot_be_checked(run: Run, four: str) -> None:
    """The error names the place and the remedy."""
    run("pareto", four, "--points-only", "-o", "front.json")
    outcome = run("check", four, "front.json")
    assert outcome.status == 2
    assert "points[0].solution: is missing; write the front without --points-only" in outcome.err
