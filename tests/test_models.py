"""The model files as an analyst runs them: by the program `pyomo solve`, and as `atoopt solve --model`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import atoopt
from atoopt.cli import main
from atoopt.stock import evaluate

ROOT = Path(__file__).parents[1]
INSTANCE = "instances/stock/uniform-5.json"
OPTIMUM = 38.0968


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command of this environment in the project's folder."""
    return subprocess.run(
        [sys.executable, "-m", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=240, check=False
    )


def assert_prints_what_atoopt_finds(printed: str, model: str) -> None:
    """The lines of `pyomo solve` say status, cost and modules, as `atoopt solve --model` does."""
    told = dict(line.split(": ", 1) for line in printed.splitlines() if ": " in line and not line.startswith("["))
    found = atoopt.solve(INSTANCE, "milp", model=str(ROOT / f"models/{model}.py"))
    assert told["status"] == "optimal"
    assert float(told["cost"]) == pytest.approx(found.model.objective, rel=1e-5)
    held = [frozenset(name.split("+")) for name in told["hold"].split(", ")]
    cost = evaluate(atoopt.load(INSTANCE), held).cost
    assert cost == pytest.approx(float(told["cost"]), rel=1e-5)


@pytest.mark.parametrize("file", ["stock_pattern", "stock_assignment", "policy"])
def test_formulations_have_not_drifted(file: str, tmp_path: Path) -> None:
    """Exported anew, a model of a small instance is the reference, letter by letter."""
    instance = "instances/policy/plates-12.json" if file == "policy" else "instances/stock/frequency-4.json"
    formulation = [] if file == "policy" else ["--formulation", file.removeprefix("stock_")]
    assert main(["export", instance, str(tmp_path / "x.lp"), *formulation]) == 0
    assert (tmp_path / "x.lp").read_text() == (ROOT / f"models/reference/{file}.lp").read_text()


@pytest.mark.slow  # two programs, each imports Pyomo and solves: what the analyst does
@pytest.mark.parametrize("model", ["stock_composition", "stock_composition_small_modules"])
def test_pyomo_solve(model: str, tmp_path: Path) -> None:
    """The files run under Pyomo's own command."""
    saved = tmp_path / "results.json"
    done = run(
        "pyomo.scripting.pyomo_main", "solve", "--solver=highs", f"--save-results={saved}",
        "--results-format=json", f"models/{model}.py", INSTANCE,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr + done.stdout
    assert_prints_what_atoopt_finds(done.stdout, model)
    results = json.loads(saved.read_text())
    assert results["Solver"][0]["Termination condition"] == "optimal"
    found = results["Problem"][0]["Upper bound"]
    if model == "stock_composition":
        assert found == pytest.approx(OPTIMUM, abs=1e-4)
    else:
        assert found >= OPTIMUM - 1e-4


@pytest.mark.parametrize("model", ["stock_composition", "stock_composition_small_modules"])
def test_atoopt_solve_with_a_model(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The plain model gives the optimum; the variant keeps its two rules. What is proven is of the model."""
    assert main(["solve", str(ROOT / INSTANCE), "--model", str(ROOT / f"models/{model}.py"), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["status"], result["bound"], result["model_status"]) == ("feasible", None, "optimal")
    if model == "stock_composition":
        assert result["objective"] == pytest.approx(OPTIMUM, abs=1e-4)
        return
    several = [module for module in result["solution"]["modules"] if len(module) > 1]
    assert max(map(len, several)) <= 4
    assert all(sum(name in module for module in several) <= 3 for name in "abcde")
    assert result["objective"] >= OPTIMUM - 1e-4


@pytest.mark.slow  # another program that imports Pyomo and solves
def test_pyomo_solve_of_stock_levels(tmp_path: Path) -> None:
    """The safe levels of the two components are worth 41."""
    saved = tmp_path / "results.json"
    done = run(
        "pyomo.scripting.pyomo_main", "solve", "--solver=highs", f"--save-results={saved}",
        "--results-format=json", "models/stock_levels.py", "instances/levels/two-components.json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr + done.stdout
    assert json.loads(saved.read_text())["Problem"][0]["Upper bound"] == pytest.approx(41.0)
    assert "status: optimal\ncost: 41\n" in done.stdout
