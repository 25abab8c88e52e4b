"""Sweeps: several solves at once, what follows from a proof, what an interrupted one leaves."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from pathlib import Path

import pandas as pd
import pytest

import atoopt
from atoopt.base.errors import InputError
from atoopt.solvers.run import Run
from atoopt.workbench import cells

STOCK = "instances/stock/uniform-5.json"
TIMES = [0.6, 0.7, 0.8, 0.9, None]


def alone(time: float | None) -> float:
    """Return the cost of one solve for itself."""
    return atoopt.solve(atoopt.load(STOCK).replace(max_mean_assembly_time=time), "milp").objective


def test_two_at_once_are_the_same_table() -> None:
    """Processes find what one after the other finds, and both what each finds alone."""
    stock = atoopt.load(STOCK)
    tables = [atoopt.sweep(stock, {"max_mean_assembly_time": TIMES}, "milp", jobs=jobs) for jobs in (1, 2)]
    for table in tables:
        assert table["cost"].tolist() == pytest.approx([alone(time) for time in TIMES])
        assert (table["status"] == "optimal").all() and (table["gap"] <= 1e-6).all()
    pd.testing.assert_frame_equal(*(table.drop(columns="seconds") for table in tables))


def test_what_follows_from_a_proof_is_not_solved(monkeypatch: pytest.MonkeyPatch) -> None:
    """A looser optimum that is allowed settles the stricter; an infeasible one settles all that are stricter still."""
    solved: list[object] = []
    inner = cells.run_method

    def counted(instance: atoopt.StockInstance, method: str, run: Run) -> atoopt.Result:
        solved.append(instance.max_mean_assembly_time)
        return inner(instance, method, run)

    monkeypatch.setattr(cells, "run_method", counted)
    stock = atoopt.load(STOCK)
    free = atoopt.solve(stock.replace(max_mean_assembly_time=None)).solution.mean_assembly_time
    over = {"max_mean_assembly_time": [free + 0.1, free + 0.01, free - 0.01], "max_modules": [4, 3, None]}
    table = atoopt.sweep(stock, over, "milp", jobs=1)
    assert len(solved) == 3  # without a limit on modules: once, and for the one that is stricter; with four none
    assert table["status"].tolist() == ["infeasible", "infeasible", "optimal"] * 3
    assert table["cost"].dropna().tolist() == pytest.approx([alone(T) for T in over["max_mean_assembly_time"]])


def test_the_best_stock_known_reaches_every_row() -> None:
    """Heuristics that find less at a looser limit are given what a stricter one found, and say no more than that."""
    stock = atoopt.load("instances/stock/harness-12.json")
    table = atoopt.sweep(stock, {"max_mean_assembly_time": [0.7, 0.8, 0.9, 1.0, 1.1, 1.2]}, "module-size", jobs=1)
    assert table["cost"].is_monotonic_decreasing
    assert set(table["status"]) == {"feasible"}
    for row in table.itertuples():
        found = atoopt.solve(stock.replace(max_mean_assembly_time=row.max_mean_assembly_time), "module-size")
        assert row.cost <= found.objective


def test_a_sweep_goes_on_from_its_journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was found is not solved again, a torn line is; another sweep's journal is refused."""
    stock, journal, over = atoopt.load(STOCK), tmp_path / "j", {"max_mean_assembly_time": TIMES}
    whole = atoopt.sweep(stock, over, "milp", jobs=1, journal=str(journal))
    lines = journal.read_text().splitlines()
    journal.write_text("\n".join(lines[:3]) + "\n" + lines[3][:20])
    solved: list[int] = []
    inner = cells.solve_cell
    monkeypatch.setattr(cells, "solve_cell", lambda cell, run: (solved.append(cell.number), inner(cell, run))[1])
    again = atoopt.sweep(stock, over, "milp", jobs=1, journal=str(journal))
    known = {json.loads(line)["cell"] for line in lines[1:3]}
    assert solved and not known & set(solved)
    pd.testing.assert_frame_equal(whole.drop(columns="seconds"), again.drop(columns="seconds"))
    with pytest.raises(InputError, match="is the journal of another sweep"):
        atoopt.sweep(stock, {"max_mean_assembly_time": TIMES[:2]}, journal=str(journal))
    journal.write_text("shopping list\n")
    with pytest.raises(InputError, match="is no journal of a sweep"):
        atoopt.sweep(stock, over, journal=str(journal))


def test_an_interrupted_sweep_returns_what_it_knows(tmp_path: Path) -> None:
    """Ctrl-C ends it with the rows so far; the one that was being solved is solved again by the next run."""
    stock, journal = atoopt.load("instances/stock/harness-24.json"), str(tmp_path / "j")
    over = {"max_mean_assembly_time": [2.2, 2.1, 0.9, 1.0]}

    def interrupt() -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until and not (Path(journal).exists() and Path(journal).read_bytes().count(b"\n") > 1):
            time.sleep(0.02)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt).start()
    table = atoopt.sweep(stock, over, jobs=1, journal=journal)
    assert 1 <= len(table) < 4
    assert table["status"].tolist()[0] == "optimal"
    told = [json.loads(line) for line in Path(journal).read_text().splitlines()[1:]]
    assert all(record["row"]["status"] == "optimal" for record in told)


def test_a_start_is_checked() -> None:
    """It is the first incumbent, whatever form it has; what breaks a limit or is no stock is refused in one line."""
    stock = atoopt.load(STOCK)
    best = atoopt.solve(stock, "milp")
    for start in (best, best.solution, best.solution.modules, [list(module) for module in best.solution.modules]):
        assert atoopt.solve(stock, "annealing", start=start, time_limit=0.2).objective == pytest.approx(best.objective)
    for bad in ("x", [["nothing"]], 3, [[]], [["a"]]):
        with pytest.raises(InputError, match="start: "):
            atoopt.solve(stock.replace(max_mean_assembly_time=0.01), start=bad)
    with pytest.raises(InputError, match="is not used by the method greedy"):
        atoopt.solve(stock, "greedy", start=best)
