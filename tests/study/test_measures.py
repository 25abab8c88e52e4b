"""The measures of a study, against numbers from the literature and by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import friedmanchisquare

from atoopt.base.errors import InputError
from atoopt.study.measures.gaps import gap_profile, gaps
from atoopt.study.measures.means import penalized, shifted_geometric_mean
from atoopt.study.measures.outcomes import FAILURES, HEURISTIC, failure_kinds, solved
from atoopt.study.measures.overview import overview
from atoopt.study.measures.pairwise import pairwise, wins_matrix
from atoopt.study.measures.primal_integral import primal_integral, primal_integrals
from atoopt.study.measures.profiles import data_profile, performance_profile, performance_ratios
from atoopt.study.measures.reference import best_known
from atoopt.study.measures.side_by_side import by_instance, met_by_all, seconds_to_solve, side_by_side
from atoopt.study.measures.spread import spread
from atoopt.study.measures.tests import (
    friedman,
    friedman_statistic,
    holm,
    iman_davenport,
    least_pairs,
    nemenyi_distance,
    nemenyi_q,
    wilcoxon_holm,
)  # fmt: skip
from tests.study.tables import failed, run, table, trajectory

NONE = trajectory()

TIMES = {"A": {"p1": 1.0, "p2": 4.0, "p3": None}, "B": {"p3": 2.0, "p2": 2.0, "p1": 3.0}}
"""A worked example after Dolan and More (2002), its rows in another order for each method; None is a failure."""

PROFILE = {"A": [1 / 3, 2 / 3, 2 / 3, 2 / 3], "B": [2 / 3, 2 / 3, 1.0, 1.0]}
"""Its shares within 1, 2, 3 and 4 times the best."""

Q_05 = {2: 1.96, 3: 2.344, 4: 2.569, 5: 2.728, 6: 2.85, 7: 2.948, 8: 3.031, 9: 3.102, 10: 3.164}
Q_10 = {2: 1.645, 3: 2.052, 4: 2.291, 5: 2.46, 6: 2.589, 7: 2.693, 8: 2.78, 9: 2.855, 10: 2.92}
"""Demsar (2006), table 5."""


def example(reason: str = "time") -> pd.DataFrame:
    """Return the worked example as runs."""
    return table(
        failed(method, instance, reason) if seconds is None else run(method, instance, seconds=seconds)
        for method, times in TIMES.items()
        for instance, seconds in times.items()
    )


@pytest.mark.parametrize("reason", ["time", "memory", "crash: signal 11", "wrong", "heuristic", ""])
def test_profile_example(reason: str) -> None:
    """Ratios and shares are those of the example, whatever the failure was, in any order of the rows."""
    for seed in range(4):
        runs = example(reason).sample(frac=1, random_state=seed)
        curves = performance_profile(runs)
        assert curves.n_problems == 3
        np.testing.assert_allclose(curves.at([1, 2, 3, 4])[["A", "B"]], np.transpose([PROFILE["A"], PROFILE["B"]]))
        ratios = performance_ratios(seconds_to_solve(runs)).reset_index()
        assert ratios.set_index("instance")["A"].to_dict() == {"p1": 1.0, "p2": 2.0, "p3": np.inf}
        assert ratios.set_index("instance")["B"].to_dict() == {"p1": 3.0, "p2": 1.0, "p3": 1.0}


def test_shifted_geometric_mean_example() -> None:
    """With shift 10 and a failure at 60 seconds, A has 12.09 and B 2.32."""
    runs = example()
    seconds = penalized(runs, 60.0)
    means = {method: shifted_geometric_mean(seconds[runs["method"] == method], shift=10) for method in "AB"}
    assert means == pytest.approx({"A": 12.090535999491763, "B": 2.3244802954980788}, rel=1e-12)
    assert penalized(runs, 60.0, factor=10).max() == 600


def test_shifted_geometric_mean_refuses_failures() -> None:
    """One infinite time would spoil the mean: it must have been given a penalty."""
    for bad in (np.inf, np.nan, -1.0):
        with pytest.raises(ValueError, match="penalty"):
            shifted_geometric_mean([1.0, bad])
    assert np.isnan(shifted_geometric_mean([]))


def test_late_solutions_and_skipped_runs() -> None:
    """A solution after the limit is no worse than none; a run that was skipped took no time at all."""
    runs = table([run("A", "p", seconds=65.0), failed("A", "q", "skipped: no licence", status="skipped")])
    assert penalized(runs, 60.0).tolist()[0] == 60.0
    assert np.isnan(penalized(runs, 60.0).tolist()[1])


def test_each_seed_is_a_problem() -> None:
    """Seeds of one instance are matched with each other, by name, not by place."""
    a = [run("A", "p", seed=seed, seconds=1.0 + seed) for seed in (0, 1, 2)]
    b = [run("B", "p", seed=seed, seconds=2.0 + 2 * seed) for seed in (2, 0, 1)]
    curves = performance_profile(table([*b, *a]))
    assert curves.n_problems == 3
    assert curves.at([1, 1.99, 2])["B"].tolist() == [0, 0, 1]


def test_problems_that_not_all_have_met() -> None:
    """They are left out and counted; with none in common there is an error, not a curve."""
    rows = [run("A", "p"), run("B", "p", seconds=2.0), run("A", "q")]
    curves = performance_profile(table(rows))
    assert (curves.n_problems, curves.left_out) == (1, 1)
    with pytest.raises(InputError, match="no problem"):
        performance_profile(table([run("A", "p"), run("B", "q")]))


def test_a_method_that_was_never_tried() -> None:
    """A solver that is not installed has no curve; one that is skipped now and then fails there."""
    rows = [run("A", "p"), failed("S", "p", "skipped: scip is not installed", status="skipped")]
    assert list(performance_profile(table(rows)).shares) == ["A"]
    rows += [run("A", "q"), run("S", "q")]
    assert performance_profile(table(rows)).at([1]).iloc[0].to_dict() == {"A": 1.0, "S": 0.5}


def test_two_runs_of_one_problem() -> None:
    """Two instances of the same name would be mixed up."""
    with pytest.raises(InputError, match="two runs"):
        performance_profile(table([run("A", "p"), run("A", "p")]))


def test_data_profile_ends_at_the_smallest_limit() -> None:
    """Shares by seconds; what was solved after the limit does not count."""
    rows = [run("A", "p", seconds=1.0), run("A", "q", seconds=30.0), run("A", "r", seconds=5.0)]
    curves = data_profile(table(rows), limit=10.0)
    assert curves.shares.index.tolist() == [0.0, 1.0, 5.0, 10.0]
    assert curves.shares["A"].tolist() == pytest.approx([0, 1 / 3, 2 / 3, 2 / 3])
    assert curves.tidy().columns.tolist() == ["method", "seconds", "share"]


problems = st.tuples(st.sampled_from("abcd"), st.integers(0, 2))
seconds_or_failure = st.one_of(st.none(), st.floats(0.0, 100.0))


@settings(max_examples=50)
@given(
    st.dictionaries(problems, st.tuples(*[seconds_or_failure] * 3), min_size=1),
    st.integers(0, 2**32 - 1),
)
def test_profiles_are_distributions(times: dict[tuple[str, int], tuple[float | None, ...]], shuffle: int) -> None:
    """Both profiles rise from 0 to 1, whatever failed; the order of rows and methods does not matter."""
    rows = [
        failed(method, name, "time", seed=seed) if seconds is None else run(method, name, seed=seed, seconds=seconds)
        for (name, seed), row in times.items()
        for method, seconds in zip("XYZ", row, strict=True)
    ]
    for curves_of in (performance_profile, lambda runs: data_profile(runs, 50.0)):
        curves = curves_of(table(rows))
        shares = curves.shares.to_numpy()
        assert (np.diff(shares, axis=0) >= 0).all()
        assert ((shares >= 0) & (shares <= 1)).all()
        assert curves.shares.index.is_monotonic_increasing
        again = curves_of(table(rows).sample(frac=1, random_state=shuffle))
        pd.testing.assert_frame_equal(again.shares, curves.shares)
    last = performance_profile(table(rows)).shares.iloc[-1]
    for m, method in enumerate("XYZ"):
        assert last[method] == pytest.approx(np.mean([row[m] is not None for row in times.values()]))


def test_pairwise() -> None:
    """A win is a solution alone, or a clearly shorter time; two failures are neither win nor tie."""
    rows = [
        run("A", "p", seconds=1.0), run("B", "p", seconds=2.0),
        run("A", "q", seconds=10.0), run("B", "q", seconds=10.2),
        run("A", "r", seconds=9.0), failed("B", "r", "time"),
        failed("A", "s", "time"), failed("B", "s", "memory"),
        run("A", "t", seconds=0.02), run("B", "t", seconds=0.01),
        run("A", "u"),
    ]  # fmt: skip
    pairs = pairwise(seconds_to_solve(table(rows)))
    assert pairs.to_dict("list") == {
        "one": ["A", "B"], "other": ["B", "A"], "wins": [2, 0], "losses": [0, 2],
        "ties": [2, 2], "neither": [1, 1], "problems": [5, 5],
    }  # fmt: skip
    matrix = wins_matrix(pairs)
    assert matrix.loc["A", "B"] == 2
    assert np.isnan(matrix.loc["A", "A"])


@pytest.mark.parametrize("sense", [1, -1])
def test_best_known(sense: int) -> None:
    """The best objective and bound in the objective's sense; wrong answers do not count."""
    better, worse = (7.0, 9.0) if sense == 1 else (9.0, 7.0)
    rows = [
        run("A", "p", objective=worse, bound=better, sense=sense),
        run("B", "p", objective=better, bound=worse - sense * 5, sense=sense),
        run("C", "p", objective=better - sense, bound=better + sense, status="wrong", reason="wrong", sense=sense),
        failed("A", "q", "time", sense=sense),
    ]
    known = best_known(table(rows))
    row = known.loc[("stock-composition", "p")]
    assert row[["best", "best_by", "bound", "bound_by", "sense"]].tolist() == [better, "B", better, "A", sense]
    assert known.loc[("stock-composition", "q")][["best", "bound"]].isna().all()
    assert known.loc[("stock-composition", "q"), "best_by"] is None


def test_gaps() -> None:
    """One formula for all: to the best known, of the bound to it, and between objective and bound."""
    rows = [
        run("A", "p", objective=10.0, bound=8.0), run("B", "p", objective=20.0, bound=-5.0),
        failed("C", "p", "time"), run("D", "p", objective=1.0, status="wrong", reason="wrong"),
        run("A", "zero", objective=0.0, bound=0.0), run("B", "zero", objective=0.0, bound=-1.0),
    ]  # fmt: skip
    found = gaps(table(rows))
    assert found["to_best"].tolist() == pytest.approx([0, 0.5, np.nan, np.nan, 0, 0], nan_ok=True)
    assert found["bound_to_best"].tolist() == pytest.approx([0.2, 1, np.nan, np.nan, 0, 1], nan_ok=True)
    assert found["proven"].tolist() == pytest.approx([0.2, 1.25, np.nan, np.nan, 0, np.nan], nan_ok=True)


def test_gap_profile() -> None:
    """Runs without a solution are within no gap; instances that nobody solved do not count."""
    rows = [
        run("A", "p", objective=10.0), run("B", "p", objective=20.0),
        run("A", "q", objective=5.0), failed("B", "q", "time"), failed("A", "r", "time"), failed("B", "r", "time"),
    ]  # fmt: skip
    curves = gap_profile(table(rows))
    assert curves.n_problems == 2
    assert curves.at([0, 0.49, 0.5, 1]).to_dict("list") == {"A": [1, 1, 1, 1], "B": [0, 0, 0.5, 0.5]}


def test_primal_integral_by_hand() -> None:
    """1 for 2 seconds, half for 3, 0 for the rest; a different sign counts as 1; what is late does not count."""
    assert primal_integral(np.array([2.0, 5.0]), np.array([20.0, 10.0]), 10.0, 10.0) == pytest.approx(3.5)
    assert primal_integral(np.array([2.0, 5.0]), np.array([-20.0, 10.0]), 10.0, 10.0) == pytest.approx(5.0)
    assert primal_integral(np.array([20.0]), np.array([10.0]), 10.0, 10.0) == 10.0
    assert primal_integral(np.empty(0), np.empty(0), 10.0, 10.0) == 10.0
    assert primal_integral(np.array([0.0]), np.array([0.0]), 0.0, 10.0) == 0.0


def test_primal_integrals_of_runs() -> None:
    """Trajectories count up to the end, then the recomputed answer; a run that lost its answer has none any more."""
    rows = [
        run("A", "p", objective=10.0, seconds=5.0), run("B", "p", objective=20.0, seconds=4.0),
        failed("C", "p", "crash: signal 9", seconds=6.0), run("D", "p", status="wrong", reason="wrong"),
        failed("S", "p", "skipped: not installed", status="skipped"), failed("A", "q", "time"),
    ]  # fmt: skip
    runs = table(rows)
    told = trajectory(
        ("A-p-0-0", 2.0, 20.0, 1.0), ("A-p-0-0", 3.0, np.nan, 2.0),
        ("C-p-0-0", 1.0, 10.0, 1.0), ("D-p-0-0", 0.0, 10.0, 1.0),
    )  # fmt: skip
    found = primal_integrals(runs, told, limit=10.0)
    assert found.tolist() == pytest.approx([3.5, 4 + 6 * 0.5, 1 + 4, 10, np.nan, np.nan], nan_ok=True)
    assert primal_integrals(runs.iloc[::-1], told.iloc[::-1], 10.0)[runs.index].equals(found)


def test_outcomes() -> None:
    """Kinds of ends are what stands before the colon; what is not known is unknown."""
    rows = [
        run("A", "p"), run("A", "q", status="feasible", reason="gap"), failed("A", "r", "crash: signal 11"),
        failed("A", "s", "strange"), run("A", "t", status="feasible", reason="heuristic"),
        run("A", "u", status="wrong", reason="proven"), failed("A", "v", ""),
    ]  # fmt: skip
    runs = table(rows)
    assert solved(runs).tolist() == [True, True, False, False, False, False, False]
    assert failure_kinds(runs).tolist() == ["", "", "crash", "unknown", "heuristic", "wrong", "unknown"]


def test_overview() -> None:
    """Every run is counted once by how it ended; means follow from the penalties."""
    rows = [
        run("A", "p", seconds=1.0), run("A", "q", seconds=4.0), failed("A", "r", "time"),
        failed("A", "s", "memory: 4000 MB", seconds=7.0), run("A", "t", status="wrong", reason="wrong: row c1"),
        failed("A", "u", "skipped: too big", status="skipped"),
        run("B", "p", status="feasible", reason="heuristic", objective=20.0),
        failed("C", "p", "skipped: not installed", status="skipped"),
    ]  # fmt: skip
    found = overview(table(rows), primal_integrals(table(rows), NONE, 60.0), 60.0)
    counts = found.loc["A"]
    assert counts[["runs", "solved", "best", *FAILURES]].tolist() == [6, 2, 2, 1, 1, 0, 1, 1]
    assert (found[["solved", HEURISTIC, *FAILURES, "unknown"]].sum(axis=1) == found["runs"]).all()
    assert counts["mean_seconds"] == pytest.approx(shifted_geometric_mean([1, 4, 60, 60, 60]))
    assert found.loc["B", "mean_gap"] == 0.5
    assert found.loc["C", ["mean_seconds", "mean_gap", "mean_integral"]].isna().all()


def test_spread_is_not_best_of() -> None:
    """Median and quartiles over seeds; failures count as the limit."""
    rows = [run("A", "p", seed=seed, seconds=float(seed)) for seed in (1, 2, 3, 4)]
    rows.append(failed("A", "p", "time", seed=5))
    found = spread(table(rows), 60.0).iloc[0]
    assert found[["runs", "solved", "seconds_q1", "seconds_median", "seconds_q3"]].tolist() == [5, 4, 2, 3, 4]
    assert found["gap_q3"] == 0
    assert found["gap_median"] == 0


def test_demsar() -> None:
    """Friedman, Iman and Davenport, and Nemenyi as printed by Demsar (2006), sections 3.2.2 and 3.2.3."""
    ranks = np.array([3.143, 2.0, 2.893, 1.964])
    chi2 = friedman_statistic(ranks, 14)
    assert chi2 == pytest.approx(9.28, abs=0.01)
    assert iman_davenport(chi2, 14, 4) == pytest.approx(3.69, abs=0.01)
    assert nemenyi_distance(4, 14) == pytest.approx(1.25, abs=0.005)
    for alpha, printed in ((0.05, Q_05), (0.10, Q_10)):
        assert {k: nemenyi_q(k, alpha) for k in printed} == pytest.approx(printed, abs=0.0011)


def test_friedman_against_scipy() -> None:
    """The statistic is scipy's, with ties and failures."""
    rng = np.random.default_rng(3)
    values = rng.integers(0, 5, (12, 4)).astype(float)
    values[values == 4] = np.inf
    found = friedman(pd.DataFrame(values, columns=list("abcd")))
    ranks_only = np.where(np.isinf(values), 99.0, values)
    expected = friedmanchisquare(*ranks_only.T)
    assert (found.chi2, found.p_chi2) == pytest.approx((expected.statistic, expected.pvalue))
    assert found.ranks.is_monotonic_increasing
    assert found.ranks.sum() == pytest.approx(10)


def test_friedman_extremes() -> None:
    """All equal: no difference; all instances agree: as sure as can be, and bars join what is near."""
    same = friedman(pd.DataFrame(np.ones((10, 3)), columns=list("abc")))
    assert (same.chi2, same.p_f, same.cliques()) == (0.0, 1.0, [("a", "b", "c")])
    clear = friedman(pd.DataFrame(np.tile([3.0, 1.0, 2.0], (30, 1)), columns=list("abc")))
    assert (clear.f, clear.p_f, clear.cliques()) == (np.inf, 0.0, [])
    near = friedman(pd.DataFrame(np.tile([3.0, 1.0, 2.0], (10, 1)), columns=list("abc")))
    assert near.cliques() == [("b", "c"), ("c", "a")]


def test_wilcoxon_and_holm() -> None:
    """A method that is always faster is significantly so; equal ones are not; the correction is Holm's."""
    n = 12
    base = np.linspace(1, 5, n)
    found = wilcoxon_holm(pd.DataFrame({"a": base, "b": base + np.linspace(1, 2, n), "c": base}))
    p = {(row.one, row.other): (row.p_holm, row.significant) for row in found.itertuples()}
    assert p["a", "c"] == (1.0, False)
    assert p["a", "b"][1]
    assert p["a", "b"][0] == pytest.approx(3 * 2 / 2**n)
    assert holm(np.array([0.01, 0.04, 0.03, 0.005])).tolist() == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_too_few_instances_are_said() -> None:
    """No test where no outcome could be significant: the smallest number is named."""
    small = pd.DataFrame(np.arange(12.0).reshape(4, 3), columns=list("abc"))
    with pytest.raises(InputError) as caught:
        wilcoxon_holm(small)
    assert str(caught.value) == f"4 instances are too few; the test needs {least_pairs(3)}"
    for bad, words in ((small, "4 instances"), (small[["a", "b"]], "2 methods")):
        with pytest.raises(InputError, match=words):
            friedman(bad)
    assert [least_pairs(m) for m in (1, 3, 6)] == [6, 7, 8]


def test_instances_are_the_blocks() -> None:
    """Seeds are summed up by their median before a test; an instance failed by most seeds is failed."""
    rows = [run("A", "p", seed=s, seconds=t) for s, t in enumerate((1.0, 2.0, 30.0))]
    rows += [failed("A", "q", "time", seed=s) for s in (0, 1)] + [run("A", "q", seed=2)]
    medians = by_instance(met_by_all(seconds_to_solve(table(rows))))
    assert medians["A"].tolist() == [2.0, np.inf]


def test_side_by_side_keeps_what_is_missing_apart_from_failures() -> None:
    """No run is NaN, a failure infinite."""
    found = seconds_to_solve(table([run("A", "p"), failed("B", "q", "time"), run("B", "p", seconds=3.0)]))
    np.testing.assert_array_equal(found[["A", "B"]], [[1.0, 3.0], [np.nan, np.inf]])
    runs = table([run("A", "p")])
    assert side_by_side(runs, runs["memory_mb"]).iloc[0, 0] == 100.0
