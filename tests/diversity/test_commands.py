"""The command line on diversity: the command of its own, and those of every problem."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import atoopt
from atoopt.cli import main

ROOT = Path(__file__).parents[2]
TRIMS, STOCK = str(ROOT / "instances/diversity/trims-6.json"), str(ROOT / "instances/stock/pc-maker.json")
MODEL = str(ROOT / "models/diversity.py")


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run a command line; return status, standard output and standard error."""
    status = main(arguments)
    shown = capsys.readouterr()
    return status, shown.out, shown.err


def test_diversity_on_a_stock_instance(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """One JSON object; what it writes is checked against the instance that it writes."""
    result, question = str(tmp_path / "result.json"), str(tmp_path / "question.json")
    status, out, _ = run(
        capsys, "diversity", STOCK, "--variants", "30", "--json", "-o", result, "--save-instance", question
    )
    data = json.loads(out)
    assert (status, data["status"], len(data["solution"]["variants"])) == (0, "optimal", 30)
    assert data["bound"] == pytest.approx(data["objective"], rel=1e-6)
    assert run(capsys, "check", question, result)[0] == 0


def test_costs_of_options_change_what_is_given_away(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """All costs twice as high: twice the give-away; an unknown option is bad input, named with its file."""
    names = json.loads(Path(STOCK).read_text())["components"]
    costs = tmp_path / "costs.json"
    costs.write_text(json.dumps(dict.fromkeys(names, 2.0)))
    one, two = (
        json.loads(run(capsys, "diversity", STOCK, "--variants", "30", "--json", *more)[1])["objective"]
        for more in ((), ("--give-away", str(costs)))
    )
    assert two == pytest.approx(2 * one)
    costs.write_text('{"no such": 1}')
    status, _, err = run(capsys, "diversity", STOCK, "--variants", "30", "--give-away", str(costs))
    assert (status, err.count("\n")) == (2, 1)
    assert "costs.json" in err and "no such" in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((STOCK,), "--variants: is missing"),
        ((STOCK, "--variants", "0"), "max_variants"),
        ((str(ROOT / "instances/policy/plates-12.json"), "--variants", "3"), "atoopt/policy"),
        ((STOCK, "--variants", "30", "--method", "annealing"), "--method"),
    ],
)
def test_bad_input_is_one_line(arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit status 2, and the place."""
    status, out, err = run(capsys, "diversity", *arguments)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert said in err


def test_the_curve_and_the_general_commands(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """`diversity --curve` is the front of `pareto`; `show`, `check` of it, `export` and `solve --model` know it."""
    file = str(tmp_path / "curve.json")
    status, out, _ = run(capsys, "diversity", TRIMS, "--curve", "--json", "-o", file)
    data = json.loads(out)
    assert (status, data["complete"]) == (0, True)
    points = [point["objectives"] for point in data["points"]]
    front = json.loads(run(capsys, "pareto", TRIMS, "--json")[1])
    assert points == [point["objectives"] for point in front["points"]]
    assert run(capsys, "check", TRIMS, file)[0] == 0
    assert "2 are the fewest possible" in run(capsys, "show", TRIMS)[1]
    assert run(capsys, "export", TRIMS, str(tmp_path / "model.lp"))[0] == 0
    own = json.loads(run(capsys, "solve", TRIMS, "--model", MODEL, "--json")[1])
    assert (own["model_status"], own["objective"]) == ("optimal", pytest.approx(0.25))
    assert "heater + hook" in run(capsys, "solve", TRIMS)[1]


def test_evaluate_takes_variants_and_a_page_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Variants of a file are judged by any instance; there is no page of such a decision, which is said."""
    file = str(tmp_path / "result.json")
    assert run(capsys, "solve", TRIMS, "-o", file)[0] == 0
    data = json.loads(run(capsys, "evaluate", TRIMS, file, "--set", "max_variants=3", "--json")[1])
    assert (data["feasible"], data["objective"]) == (False, pytest.approx(0.25))
    status, _, err = run(capsys, "report", TRIMS, file, "-o", str(tmp_path / "page.html"))
    assert (status, err.count("\n")) == (2, 1)
    assert "no page" in err


def test_a_sweep_over_the_number_of_variants() -> None:
    """Each P is solved; too few are infeasible."""
    table = atoopt.sweep(atoopt.load(TRIMS), {"max_variants": [1, 3, 4]}, jobs=1)
    assert table["status"].tolist() == ["infeasible", "optimal", "optimal"]
    assert table["cost"].tolist()[1:] == pytest.approx([0.45, 0.25])
    assert table["variants"].tolist()[1:] == [3, 4]


@pytest.mark.slow  # a program that imports Pyomo and solves: what the analyst does
def test_pyomo_solve(tmp_path: Path) -> None:
    """The model file runs under Pyomo's own command and prints what is built."""
    saved = tmp_path / "results.json"
    done = subprocess.run(
        [sys.executable, "-m", "pyomo.scripting.pyomo_main", "solve", "--solver=highs", f"--save-results={saved}",
         "--results-format=json", MODEL, TRIMS],
        cwd=tmp_path, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr + done.stdout
    assert json.loads(saved.read_text())["Problem"][0]["Upper bound"] == pytest.approx(0.25)
    assert "heater + hook" in done.stdout
