"""What cannot be is an alarm, and nothing else is."""

from __future__ import annotations

import numpy as np
import pytest

from atoopt.study.measures.alarms import Tolerances, alarms
from tests.study.tables import failed, run, table


def test_no_alarm_where_all_agree() -> None:
    """Optima within the gap asked for, bounds within arithmetic, failures and skipped runs are no alarm."""
    rows = [
        run("A", "p", objective=100.0, bound=100.0), run("B", "p", objective=100.009, bound=99.9999),
        run("C", "p", objective=150.0, bound=20.0, status="feasible", reason="time"), failed("D", "p", "time"),
        failed("E", "p", "skipped: not installed", status="skipped"),
        run("A", "none", objective=np.nan, bound=np.nan, status="infeasible"),
        run("B", "none", objective=np.nan, bound=np.nan, status="infeasible"), failed("C", "none", "time"),
    ]  # fmt: skip
    assert alarms(table(rows)) == ()


@pytest.mark.parametrize("sense", [1, -1])
def test_two_optima(sense: int) -> None:
    """The one that is worse than the other is in doubt, whatever the sense."""
    good, bad = (100.0, 101.0) if sense == 1 else (101.0, 100.0)
    rows = [
        run("A", "p", objective=good, bound=good, sense=sense, seed=0),
        run("liar", "p", objective=bad, bound=bad, sense=sense, seed=0),
        run("liar", "p", objective=bad, bound=bad, sense=sense, seed=1),
    ]
    (alarm,) = alarms(table(rows).sample(frac=1, random_state=1))
    assert (alarm.kind, alarm.methods) == ("optima differ", ("liar", "A"))
    assert alarm.runs == ("liar-p-0-0", "liar-p-1-0", "A-p-0-0")
    assert alarm.numbers == (("claimed optimum", bad), ("other optimum", good))
    assert alarm.text == f"p: optima differ: liar and A (3 runs); claimed optimum {bad:g}, other optimum {good:g}"


@pytest.mark.parametrize("sense", [1, -1])
def test_bound_beyond_a_solution(sense: int) -> None:
    """A bound holds for every solution, so a better one of another run refutes it; arithmetic does not."""
    rows = [
        run("A", "p", objective=100.0, bound=np.nan, sense=sense, status="feasible", reason="heuristic"),
        run("B", "p", objective=100 + 20.0 * sense, bound=100 + 10.0 * sense, sense=sense, status="feasible"),
        failed("C", "p", "time", bound=100 + 0.00005 * sense, sense=sense),
    ]  # fmt: skip
    (alarm,) = alarms(table(rows))
    assert (alarm.kind, alarm.methods) == ("bound beyond a solution", ("B", "A"))
    assert dict(alarm.numbers) == {"bound": 100 + 10.0 * sense, "solution": 100.0}


def test_a_wrong_answer() -> None:
    """It is an alarm with what the checker said, and is not held against others."""
    rows = [
        run("A", "p", objective=100.0, bound=100.0),
        run("liar", "p", objective=5.0, bound=200.0, status="wrong", reason="wrong: row demand[b] is 3, not 4"),
    ]
    (alarm,) = alarms(table(rows))
    assert (alarm.kind, alarm.methods, alarm.runs) == ("wrong answer", ("liar",), ("liar-p-0-0",))
    assert alarm.detail == "row demand[b] is 3, not 4"


def test_infeasible_where_another_has_a_solution() -> None:
    """The one with a solution is right: it was recomputed."""
    rows = [run("A", "p"), run("B", "p", status="infeasible", objective=np.nan, bound=np.nan)]
    (alarm,) = alarms(table(rows))
    assert (alarm.kind, alarm.methods) == ("infeasible with a solution", ("B", "A"))


def test_tolerances_are_those_of_the_study() -> None:
    """A wider gap lets optima differ, not bounds."""
    rows = [run("A", "p", objective=100.0, bound=99.0), run("B", "p", objective=101.0, bound=99.0)]
    assert [alarm.kind for alarm in alarms(table(rows))] == ["optima differ"]
    assert alarms(table(rows), Tolerances(rel_gap=0.02)) == ()
    rows.append(run("C", "p", objective=101.0, bound=100.5))
    assert [alarm.kind for alarm in alarms(table(rows), Tolerances(rel_gap=0.02))] == ["bound beyond a solution"]


def test_instances_of_the_same_name_in_two_problems() -> None:
    """They have nothing to do with each other."""
    assert alarms(table([run("A", "p"), run("B", "p", problem="policy", objective=3.0, bound=3.0)])) == ()


def test_text_is_one_line() -> None:
    """Names hold line ends and escapes; the line does not."""
    rows = [run("A", "p\n\x1b[31m"), run("B\r", "p\n\x1b[31m", status="infeasible", objective=np.nan)]
    (alarm,) = alarms(table(rows))
    assert alarm.text.isprintable()
