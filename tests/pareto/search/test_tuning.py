"""Which options solves get: chosen by what solves took, counted and not timed."""

from __future__ import annotations

import pytest

from atoopt.pareto.program.compile import compile_program
from atoopt.pareto.program.scale import Scale
from atoopt.pareto.search.subproblem import Subproblems
from atoopt.pareto.search.tuning import (
    AGAIN,
    FEW_COLUMNS,
    LAST,
    LEAN,
    LONG,
    OWN,
    SEARCHING,
    TRIALS,
    WORTH_A_LOOK,
    Tuning,
    Way,
)
from atoopt.solvers.confirm import Work
from atoopt.solvers.highs_calls import SUB_MIPS
from atoopt.solvers.run import Options, Run
from tests.pareto.problems import integer_knapsack


class Recorder:
    """Takes the options that are set."""

    def __init__(self) -> None:
        self.options: dict[str, object] = {}

    def setOptionValue(self, name: str, value: object) -> None:
        """Remember an option."""
        self.options[name] = value


def ways(tuning: Tuning, works: dict[Way, int], n: int) -> list[Way]:
    """Return the ways of `n` solves, of which each takes what its way takes."""
    taken = []
    for _ in range(n):
        tuning.choose(Recorder(), limited=True)
        taken.append(tuning.way)
        tuning.tell(Work(1, works[tuning.way]), limited=True)
    return taken


def test_short_solves_stay_lean() -> None:
    """Nothing is tried where solves are short, however many there are."""
    works = {LEAN: LONG - 1, SEARCHING: 1, OWN: 1}
    assert set(ways(Tuning(50), works, 100)) == {LEAN}


@pytest.mark.parametrize("best", [LEAN, SEARCHING, OWN])
def test_long_solves_take_the_best_way(best: Way) -> None:
    """Each way is tried, then the best is taken; the others are looked at again now and then."""
    works = {way: LONG * (4 if way == best else 8) for way in (LEAN, SEARCHING, OWN)}
    taken = ways(Tuning(50), works, 3 * TRIALS + 2 * AGAIN)
    trial, after = taken[: 3 * TRIALS], taken[3 * TRIALS :]
    assert all(trial.count(way) == TRIALS for way in works)
    assert after.count(best) == 2 * (AGAIN - 2)


def test_changes_its_mind() -> None:
    """Where another way becomes better along the front, it is taken."""
    tuning = Tuning(50)
    ways(tuning, {LEAN: 5 * LONG, SEARCHING: 2 * LONG, OWN: 3 * LONG}, 50)
    later = ways(tuning, {LEAN: LONG // 5, SEARCHING: 9 * LONG, OWN: 9 * LONG}, 4 * AGAIN)
    assert later[-AGAIN:].count(LEAN) == AGAIN - 2


def test_kinds_are_apart() -> None:
    """What solves within limits show says nothing of those without."""
    tuning = Tuning(50)
    ways(tuning, {LEAN: 9 * LONG, SEARCHING: LONG, OWN: LONG}, 20)
    tuning.choose(Recorder(), limited=False)
    assert tuning.way == LEAN


def test_large_models_begin_with_searches() -> None:
    """A node of a large model costs more than a search."""
    assert set(ways(Tuning(FEW_COLUMNS + 1), {LEAN: 1, SEARCHING: 1, OWN: 1}, 9)) == {SEARCHING}


def test_ends_at_root() -> None:
    """A front is walked at once only after solves that needed no tree, and no longer once they do."""
    tuning = Tuning(50)
    assert tuning.ends_at_root()
    tuning.tell(Work(500, 5000), limited=False)
    assert tuning.ends_at_root()
    tuning.tell(Work(1, 5), limited=True)
    assert tuning.ends_at_root()
    tuning.tell(Work(500, 5000), limited=True)
    assert not tuning.ends_at_root()


def test_needs_starts() -> None:
    """Starts are searched for once solves within limits are not short."""
    tuning = Tuning(50)
    tuning.tell(Work(1, 10 * LAST * WORTH_A_LOOK), limited=False)
    assert not tuning.needs_starts()
    tuning.tell(Work(1, LAST * WORTH_A_LOOK), limited=True)
    assert tuning.needs_starts()


def test_options_of_a_way() -> None:
    """Each option is set whatever it was before."""
    names = {"mip_allow_cut_separation_at_nodes", "mip_allow_restart", *(f"mip_heuristic_run_{s}" for s in SUB_MIPS)}
    for way, expected in ((LEAN, {False}), (OWN, {True})):
        assert set(way.options()) == names
        assert set(way.options().values()) == expected


def test_solves_are_counted() -> None:
    """A solve tells its iterations, under its own kind."""
    model, _ = integer_knapsack()
    program, _ = compile_program(model, (model.first, model.second))
    problems = Subproblems(program, Scale.of(program), Run(Options()))
    problems.minimize((1.0, 0.0), (float("inf"), float("inf")), None, 60.0)
    assert problems.tuning.kinds[False].solves == 1
    problems.minimize((1.0, 0.0), (float("inf"), 0.0), None, 60.0)
    assert problems.tuning.kinds[True].solves == 1
