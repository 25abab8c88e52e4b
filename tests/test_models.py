"""The model files as an analyst runs them: by the program `pyomo solve`, and as `atoopt solve --model`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from atoopt.cli import main

ROOT = Path(__file__).parents[1]
INSTANCE = "instances/stock/uniform-5.json"
OPTIMUM = 38.0968


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command of this environment in the project's folder."""
    return subprocess.run(
        [sys.executable, "-m", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=240, check=False
    )


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
