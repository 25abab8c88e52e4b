"""The model files run by ``pyomo solve``, as an analyst would."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import atoopt

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(("model", "wanted"), [("mto_mts", 61.796), ("mto_mts_capacity", 75.870)])
def test_pyomo_solve(model: str, wanted: float, tmp_path: Path) -> None:
    """The command finishes with the optimum of the model; without capacities it is that of ``atoopt solve``."""
    instance = ROOT / "instances/policy/plates-60.json"
    command = [sys.executable, "-m", "pyomo.scripting.pyomo_main", "solve", "--solver=highs", "--show-results"]
    done = subprocess.run(
        [*command, str(ROOT / f"models/{model}.py"), str(instance)], cwd=tmp_path, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = [line.split(":")[1] for line in done.stdout.splitlines() if "Upper bound" in line]
    assert float(found[0]) == pytest.approx(wanted, abs=1e-3)
    if model == "mto_mts":
        assert atoopt.solve(atoopt.load(instance)).objective == pytest.approx(wanted, abs=1e-3)
