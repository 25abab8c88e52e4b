"""The command line on policy instances: solve, pareto, policy, check, export, and its errors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import atoopt
from atoopt.cli import main

ROOT = Path(__file__).parents[2]
TWELVE, SIXTY, CASE = (str(ROOT / f"instances/policy/plates-{n}.json") for n in (12, 60, 425))
HARNESS = str(ROOT / "instances/stock/uniform-5.json")


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run a command line; return status, standard output and standard error."""
    status = main(arguments)
    shown = capsys.readouterr()
    return status, shown.out, shown.err


@pytest.mark.parametrize("method", ["auto", "milp", "threshold", "exact"])
def test_solve_gives_the_contract(method: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """One JSON object with the promised keys, which the checker accepts; thresholds only from a rule."""
    status, out, _ = run(capsys, "solve", TWELVE, "--method", method, "--json")
    data = json.loads(out)
    assert status == 0
    wanted = {"problem", "instance", "method", "solver", "status", "objective", "bound", "gap", "seconds", "solution"}
    assert set(data) >= wanted
    assert (data["problem"], data["instance"], data["method"]) == ("policy", "plates-12", method)
    solution = data["solution"]
    assert set(solution["policy"].values()) == {"MTO", "MTS"}
    assert data["objective"] == pytest.approx(solution["pallets"] + 2 * solution["setup_hours"])
    if method == "threshold":
        assert set(solution["thresholds"]) == {"agility", "pieces_per_pallet"}
        assert data["status"] == "feasible"
    else:
        assert solution["thresholds"] is None
        assert data["status"] == "optimal"
    (tmp_path / "r.json").write_text(out)
    assert run(capsys, "check", TWELVE, str(tmp_path / "r.json"))[0] == 0
    (tmp_path / "s.json").write_text(json.dumps(solution))
    assert run(capsys, "check", TWELVE, str(tmp_path / "s.json"))[0] == 0


def test_solve_options_change_the_objective(capsys: pytest.CaptureFixture[str]) -> None:
    """Each objective, other weights, and another way to pick a rule."""
    found = {}
    rule, front = ["--method", "threshold", "--choose", "utopia"], ["--method", "exact", "--choose", "balance"]
    for options in (["--objective", "pallets"], ["--objective", "setup_hours"], ["--weights", "1,20"], rule, front):
        status, out, _ = run(capsys, "solve", SIXTY, "--json", *options)
        assert status == 0
        found[options[-1]] = json.loads(out)
    assert found["pallets"]["objective"] == 0
    assert found["setup_hours"]["objective"] == pytest.approx(22.16, abs=0.01)
    assert found["1,20"]["details"]["weights"] == [1, 20]
    assert found["utopia"]["details"]["choose"] == "utopia"
    assert found["balance"]["status"] == "feasible"


def test_tables_name_the_parts_that_move(capsys: pytest.CaptureFixture[str]) -> None:
    """Without --json: headline, totals, hours per process with limits, thresholds, parts."""
    status, out, _ = run(capsys, "solve", TWELVE, "--method", "threshold")
    assert status == 0
    for text in ("pallets + 2 setup_hours", "all to stock", "640.0", "agility at least", "made to order"):
        assert text in out


def test_pareto_gives_the_contract(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The promised keys, points in the order of the names, each with its solution; or without."""
    status, out, _ = run(capsys, "pareto", TWELVE, "--json", "--output", str(tmp_path / "front.json"))
    data = json.loads(out)
    assert status == 0
    assert set(data) >= {"problem", "instance", "method", "objectives", "complete", "points", "seconds"}
    assert data["objectives"] == ["pallets", "setup_hours"]
    assert data["complete"] is True
    for point in data["points"]:
        solution = point["solution"]
        assert point["objectives"] == pytest.approx([solution["pallets"], solution["setup_hours"]])
        assert solution["thresholds"] is None
    assert json.loads((tmp_path / "front.json").read_text()) == data
    _, out, _ = run(capsys, "pareto", TWELVE, "--json", "--points-only", "--method", "threshold")
    rules = json.loads(out)
    assert rules["complete"] is True
    assert all(set(point) == {"objectives"} for point in rules["points"])
    status, out, _ = run(capsys, "pareto", SIXTY, "--points", "7")
    assert status == 0
    assert "coverage error" in out


def test_the_readme_command_reproduces_the_case(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Chosen point, thresholds and moved parts of the 425 parts, and both pictures in files."""
    pictures = tmp_path / "pictures"
    status, out, _ = run(capsys, "policy", CASE, "--plots", str(pictures), "--json")
    data = json.loads(out)
    assert status == 0
    assert data["solution"]["thresholds"] == pytest.approx({"agility": 25.4978, "pieces_per_pallet": 13}, rel=1e-4)
    assert data["moved_to_order"] == 117
    assert data["free_assignment"]["pallets_above_at_chosen"] == pytest.approx(110.77, abs=0.01)
    assert [Path(file).name for file in data["pictures"]] == ["plates-425-plane.png", "plates-425-objectives.png"]
    for file in data["pictures"]:
        assert Path(file).read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    status, out, _ = run(capsys, "policy", CASE)
    assert status == 0
    for text in ("36126 distinct rules, 548 not dominated", "117 parts move", "110.77 pallets fewer", "-34.1%"):
        assert text in out


def test_picture_of_a_front(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A front is drawn to a file; a suffix that is no picture is refused, and leaves nothing."""
    assert run(capsys, "pareto", SIXTY, "--plot", str(tmp_path / "front.svg"))[0] == 0
    assert "<svg" in (tmp_path / "front.svg").read_text()
    status, _, err = run(capsys, "pareto", SIXTY, "--plot", str(tmp_path / "front.doc"))
    assert status == 2
    assert "is no picture format" in err
    assert [file.name for file in tmp_path.iterdir()] == ["front.svg"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"policy": {"P01": "MTO"}}, 'part "P02" is missing'),
        ({"pallets": 1.0}, "pallets is claimed as 1"),
        ({"setup_hours": 1.0}, "setup_hours is claimed as 1"),
        ({"process_hours": {"cutting": 1.0}}, "process_hours.cutting is claimed as 1"),
        ({"thresholds": {"agility": 1e9, "pieces_per_pallet": 1}}, "does not follow the thresholds"),
        ({"flip": "P05"}, "part P05 is not MTS, as fixed_policy says"),
        ({"flip": "P03"}, "same_policy: parts P02, P03 do not go together"),
        ({"all": "MTS"}, "are above max_pallets 30"),
        ({"all": "MTO"}, "are above process_hours 640"),
    ],
)
def test_check_names_each_violation(
    change: dict[str, Any], says: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A false number, a broken limit, a rule not followed: exit status 1 and its name."""
    solution = atoopt.solve(atoopt.load(TWELVE)).to_json()["solution"]
    if "flip" in change:
        solution["policy"][change["flip"]] = {"MTO": "MTS", "MTS": "MTO"}[solution["policy"][change["flip"]]]
    elif "all" in change:
        solution = {"policy": dict.fromkeys(solution["policy"], change["all"])}
    else:
        solution |= change
    (tmp_path / "s.json").write_text(json.dumps(solution))
    status, out, _ = run(capsys, "check", TWELVE, str(tmp_path / "s.json"))
    assert status == 1
    assert says in out
    status, out, _ = run(capsys, "check", TWELVE, str(tmp_path / "s.json"), "--json")
    assert status == 1
    assert json.loads(out)["ok"] is False


def test_check_refutes_a_false_proof(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A bound above the objective, and an optimum without a bound, are violations."""
    result = atoopt.solve(atoopt.load(TWELVE), "threshold").to_json()
    for change in ({"bound": result["objective"] + 1}, {"status": "optimal"}, {"objective": 1.0}, {"instance": "x"}):
        (tmp_path / "r.json").write_text(json.dumps(result | change))
        assert run(capsys, "check", TWELVE, str(tmp_path / "r.json"))[0] == 1


def test_export_and_show(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The model as a file with the parts' names, and the summary of an instance."""
    status, out, _ = run(capsys, "export", TWELVE, str(tmp_path / "m.lp"))
    assert status == 0
    assert "12 variables" in out
    assert "to_order(P01)" in (tmp_path / "m.lp").read_text()
    status, out, _ = run(capsys, "show", TWELVE)
    assert status == 0
    assert "one order a year" in out
    status, out, _ = run(capsys, "schema", "policy")
    assert json.loads(out)["title"] == "atoopt/policy"


@pytest.mark.parametrize("model", ["mto_mts", "mto_mts_capacity"])
def test_model_files(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Both model files solve; the capacities cost something, and prove nothing about the plain instance."""
    plain = atoopt.solve(atoopt.load(SIXTY))
    status, out, _ = run(capsys, "solve", SIXTY, "--model", str(ROOT / f"models/{model}.py"), "--json")
    data = json.loads(out)
    assert status == 0
    assert data["status"] == "feasible"
    assert data["bound"] is data["restricted_bound"] is data["gap"] is None
    assert data["model_status"] == "optimal"
    assert data["model_bound"] == pytest.approx(data["objective"])
    same = data["objective"] == pytest.approx(plain.objective)
    assert same == (model == "mto_mts")


BAD = [
    (["solve", SIXTY, "--method", "annealing"], "--method"),
    (["solve", SIXTY, "--objective", "cost"], "--objective"),
    (["solve", SIXTY, "--weights", "1"], "--weights"),
    (["solve", SIXTY, "--weights", "0,0"], "--weights"),
    (["solve", SIXTY, "--weights", "-1,2"], "--weights"),
    (["solve", SIXTY, "--weights", "1,nan"], "--weights"),
    (["solve", SIXTY, "--choose", "best"], "--choose"),
    (["solve", SIXTY, "--method", "milp", "--choose", "balance"], "--choose"),
    (["solve", SIXTY, "--formulation", "pattern"], "--formulation"),
    (["solve", SIXTY, "--solver", "nosuch"], "--solver"),
    (["solve", HARNESS, "--weights", "1,2"], "--weights"),
    (["pareto", SIXTY, "--method", "annealing"], "--method"),
    (["pareto", SIXTY, "--points", "0"], "--points"),
    (["pareto", SIXTY, "--time-limit", "-1"], "--time-limit"),
    (["pareto", SIXTY, "--method", "epsilon-constraint", "--solver", "scip"], "--solver"),
    (["pareto", "nosuch.json"], "nosuch.json"),
    (["pareto", SIXTY, "-o", "nosuch/front.json"], "nosuch/front.json"),
    (["policy", HARNESS], "atoopt/stock-composition"),
    (["policy", SIXTY, "--choose", "best"], "--choose"),
    (["policy", SIXTY, "--weights", "x"], "--weights"),
    (["import", "nosuch.csv", "-o", "x.json", "--problem", "policy"], "nosuch.csv"),
    (["import", SIXTY, "-o", "x.json", "--problem", "plates"], "--problem"),
    (["import", SIXTY, "-o", "x.json", "--problem", "policy", "--layout", "long"], "--layout"),
    (["import", SIXTY, "-o", "x.json", "--problem", "policy", "--pallet", "big"], "--pallet"),
    (["import", SIXTY, "-o", "x.json", "--pallet", "1200x800"], "--pallet"),
]


@pytest.mark.parametrize(("arguments", "mentions"), BAD, ids=[" ".join(map(str, a[2:])) or a[0] for a, _ in BAD])
def test_bad_usage(
    arguments: list[str], mentions: str, capsys: pytest.CaptureFixture[str], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Exit status 2, nothing on standard output, one line on standard error that names the place."""
    monkeypatch.chdir(tmp_path)
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert mentions in err
    assert list(tmp_path.iterdir()) == []
