"""The commands `levels` and `strategies`, the cost-service curve: every number by the evaluators."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import atoopt
from atoopt.base.errors import InputError
from atoopt.cli import main
from atoopt.levels import evaluate
from atoopt.levels.exact import fits
from atoopt.stock.evaluation import evaluate_masks

SYSTEM, STOCK = "instances/levels/two-components.json", "instances/stock/frequency-4.json"
POLICY = "instances/policy/plates-12.json"


def test_the_curve_is_recomputed_and_bounded(tmp_path: Path) -> None:
    """Each point is exact, dearer than its bound, and dominated by no other; the check agrees; a file keeps it."""
    instance = atoopt.load(SYSTEM)
    front = atoopt.pareto(instance, points=5)
    assert not front.complete and front.objectives == ("cost", "missed")
    for point, bound in zip(front, front.bounds, strict=True):
        found = evaluate(instance, point.solution.to_json()["levels"])
        assert point.objectives == pytest.approx((found.value, 1 - found.average_fill_rate))
        assert bound <= found.value and not found.violations
    assert (np.diff(front.values[:, 0]) > 0).all() and (np.diff(front.values[:, 1]) < 0).all()
    file = str(tmp_path / "curve.json")
    front.save(file)
    assert main(["check", SYSTEM, file]) == 0
    with pytest.raises(InputError, match="minimizes costs"):
        atoopt.pareto(instance.replace(target=None, costs={"holding": 1.0, "backorder": 9.0}))


def test_levels_of_a_stock_in_one_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A stock, its result, a rate and a lead time make an instance; its file gives the same levels."""
    result, levels, answer = (str(tmp_path / name) for name in ("r.json", "l.json", "a.json"))
    assert main(["solve", STOCK, "--method", "milp", "-o", result, "-q"]) == 0
    given = ["--solution", result, "--orders-per-period", "4", "--lead-time", "2"]
    capsys.readouterr()
    words = ["levels", STOCK, *given, "--fill-rate", "0.9", "--instance-output", levels, "-o", answer, "--json"]
    assert main(words) == 0
    told = json.loads(capsys.readouterr().out)
    assert main(["levels", levels, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["solution"]["levels"] == told["solution"]["levels"]
    assert main(["check", levels, answer]) == 0
    assert told["solution"]["average_fill_rate"] >= 0.9
    rates = []
    for window in ("0", "1"):
        capsys.readouterr()
        assert main(["evaluate", levels, answer, "--within", window, "--json"]) == 0
        rates.append(json.loads(capsys.readouterr().out)["solution"]["average_fill_rate"])
    assert rates[0] == pytest.approx(told["solution"]["average_fill_rate"]) and rates[1] > rates[0]
    assert main(["show", answer]) == 0
    assert "modules:" in capsys.readouterr().out


@pytest.mark.parametrize(
    "command",
    [
        ["levels", STOCK], ["levels", SYSTEM, "--lead-time", "1"], ["levels", SYSTEM, "--fill-rate", "2"],
        ["levels", SYSTEM, "--each"], ["levels", POLICY], ["levels", SYSTEM, "-o", SYSTEM], ["strategies", SYSTEM],
        ["strategies", STOCK, "--orders-per-period", "-1"], ["report", SYSTEM, SYSTEM, "-o", "x.html"],
        ["strategies", STOCK, "--orders-per-period", "4", "--fill-rate", "1.5"],
        ["strategies", STOCK, "--orders-per-period", "4", "--lead-time", "-1"],
        ["evaluate", STOCK, STOCK, "--within", "1"],
    ],
)  # fmt: skip
def test_bad_input(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """One line, exit status 2."""
    assert main(command) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1), err


def test_every_number_of_the_strategies_is_the_evaluators(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Stocks by the stock's evaluator, levels by theirs; the claims follow from the numbers."""
    instance = atoopt.load(STOCK)
    found = atoopt.strategies(instance, orders_per_period=4.0, lead_time=2.0, time_limit=5.0)
    whole = {mask for mask in instance.product_masks if mask & (mask - 1)}
    assert whole <= set(found.stocks["make-to-stock"].masks)
    assert all(mask.bit_count() == 1 for mask in found.stocks["make-to-order"].masks)
    for name, stock in found.stocks.items():
        anew, column = evaluate_masks(instance, stock.masks), found.table[name]
        assert column["cost"] == pytest.approx(anew.cost)
        assert column["mean assembly time"] == pytest.approx(anew.mean_assembly_time)
        levels = found.levels[name]
        again = evaluate(levels.instance, levels.to_json()["levels"])
        assert column["value of base stock"] == again.value and not again.violations
        assert column["orders filled"] == pytest.approx(again.average_fill_rate)
        if fits(levels.instance.system, levels.levels):
            grown = levels.instance.replace(orders_per_period=4.0 * (1 + column["growth of demand it can take"]))
            after = evaluate(grown, levels.to_json()["levels"]).average_fill_rate
            assert after == pytest.approx(again.average_fill_rate - 0.05, abs=2e-3)
    assert found.table.loc["mean assembly time", "make-to-stock"] == 0
    claims = {text: holds for text, holds, _ in found.claims}
    assert claims["a shorter lead time than make-to-order"] is True
    file, picture = str(tmp_path / "s.csv"), tmp_path / "s.png"
    assert main(["strategies", STOCK, "-o", file, "--plot", str(picture), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["strategies"]["make-to-stock"]["cost"] == pytest.approx(found.table.loc["cost", "make-to-stock"])
    assert picture.stat().st_size > 5_000 and Path(file).read_text().startswith("number,")
