"""The sections of a page, in their order; what cannot be computed says why instead."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from atoopt.base.errors import InputError
from atoopt.study.measures.gaps import gap_profile, gaps
from atoopt.study.measures.means import SHIFT, penalized
from atoopt.study.measures.pairwise import SAME, TOLERANCE
from atoopt.study.measures.profiles import LEAST_SECONDS, Curves, data_profile, performance_profile
from atoopt.study.measures.reference import best_known
from atoopt.study.measures.side_by_side import seconds_to_solve
from atoopt.study.report.figures.curves import gap_figure, ratio_figure, seconds_figure
from atoopt.study.report.figures.fronts import fronts_figure
from atoopt.study.report.figures.runs import boxes_figure, integral_figure, trajectory_figure
from atoopt.study.report.grids import quality_grid, spread_grid
from atoopt.study.report.groups import Group
from atoopt.study.report.names import short
from atoopt.study.report.overview_parts import overview_matrix, wins_part
from atoopt.study.report.parts import Part, Section
from atoopt.study.report.significance import tests_section


def sections(group: Group, points: int) -> Iterator[Section]:
    """Yield the sections of a group; a run's curve has at most `points` points."""
    builders: list[Callable[[Group], Section]] = [_overview, _performance, _data, _pairwise]
    if group.task == "pareto":
        builders += [lambda some: _fronts(some, points), tests_section]
    else:
        builders += [_gaps, _integrals, lambda some: _trajectories(some, points), _spread, tests_section]
    for build in builders:
        yield replace(build(group), group=group.title)


def _overview(group: Group) -> Section:
    limit = group.study.limit
    notes = [
        "solved: ended with a proof, or within the gap asked for. best: the best objective that any run of this "
        "study found. The other counts are runs that were not solved, by how they ended.",
        f"mean seconds: shifted geometric mean with a shift of {SHIFT:g} s over all runs but the skipped ones; a "
        f"failure counts as the limit of {limit:g} s. mean gap: a run without a solution counts as 100 %.",
    ]
    if group.task == "pareto":
        notes = [
            "solved: ended with a complete front. The other counts are runs by how they ended.",
            notes[1].partition(" mean gap:")[0] + " Hypervolume and coverage error: see the fronts.",
        ]
    return Section(group.id("overview"), "Overview", notes, [overview_matrix(group)])


def _left_out(curves: Curves) -> list[str]:
    """Return a note where problems do not count."""
    some = "1 problem that not every method has met does" if curves.left_out == 1 else (
        f"{curves.left_out} problems that not every method has met do")  # fmt: skip
    return [f"{some} not count."] if curves.left_out else []


def _nothing(group: Group, name: str, title: str, error: InputError) -> Section:
    """Return a section that says why it is empty."""
    return Section(group.id(name), title, [f"Not shown: {error}."])


def _performance(group: Group) -> Section:
    title = "Performance profile"
    try:
        curves = performance_profile(group.runs)
    except InputError as error:
        return _nothing(group, "performance", title, error)
    notes = [
        f"Share of {curves.n_problems} problems solved within a factor of the time of the fastest method (Dolan and "
        "Moré 2002); every seed and repeat of an instance is a problem, a failure is within no factor, and times under "
        f"{LEAST_SECONDS:g} s count as that. With more than two methods a profile compares each with the fastest "
        "alone; see the pairwise wins for the others.",
        *_left_out(curves),
    ]
    figure = ratio_figure(group.id("performance-figure"), curves, group.look)
    return Section(group.id("performance"), title, notes, [figure])


def _data(group: Group) -> Section:
    title, limit = "Data profile", group.study.limit
    try:
        curves = data_profile(group.runs, limit)
    except InputError as error:
        return _nothing(group, "data", title, error)
    notes = [
        f"Share of {curves.n_problems} problems solved within so many seconds, up to the smallest limit, {limit:g} s.",
        *_left_out(curves),
    ]
    figure = seconds_figure(group.id("data-figure"), curves, group.look)
    return Section(group.id("data"), title, notes, [figure])


def _pairwise(group: Group) -> Section:
    table = seconds_to_solve(group.runs)
    title = "Pairwise wins"
    if table.shape[1] < 2:
        return Section(group.id("pairwise"), title, ["Not shown: there is one method alone."])
    notes = [
        "Wins : ties : losses of the method of the row against that of the column, over the problems that both have "
        f"met. Times within {100 * TOLERANCE:g} % or {SAME:g} s of each other tie; a solution beats a failure; two "
        "failures count as none of the three.",
    ]
    return Section(group.id("pairwise"), title, notes, [wins_part(group, table)])


def _gaps(group: Group) -> Section:
    title = "Gaps"
    try:
        curves = gap_profile(group.runs)
    except InputError as error:
        return _nothing(group, "gaps", title, error)
    notes = [
        f"Share of {curves.n_problems} problems whose objective is within a gap of the best that any run found: "
        "|objective - best| / max(|objective|, |best|), the same formula for all methods. A run without a solution, "
        "or with a wrong one, is within no gap. The gap that each run proved, |objective - bound| / |objective|, is in "
        "the table of all runs.",
        *_left_out(curves),
    ]
    figure = gap_figure(group.id("gaps-figure"), curves, group.look)
    return Section(group.id("gaps"), title, notes, [figure])


def _integrals(group: Group) -> Section:
    study, title = group.study, "Primal integral"
    values = group.integrals
    figure = integral_figure(group.id("integral-figure"), group.runs, values, study.limit, group.look)
    told = set(study.trajectories["key"].astype(str))
    silent = sorted(set(group.runs["method"]) - set(group.runs.loc[group.runs["key"].isin(told), "method"]))
    notes = [
        "The gap to the best known objective, integrated over time up to the limit (Berthold 2013) and divided by it: "
        "0 is the best solution at once, 1 no solution in time. While there is no solution, or one of the other sign, "
        "the gap is 1.",
    ]
    if silent:
        names = ", ".join(map(short, silent))
        notes.append(f"No incumbents over time are known of {names}: the solution counts from the end of its run on.")
    parts: list[Part] = [] if figure is None else [figure]
    return Section(group.id("integral"), title, notes if parts else ["Not shown: no solution is known."], parts)


def _trajectories(group: Group, points: int) -> Section:
    study, best = group.study, best_known(group.runs)["best"]
    figure = trajectory_figure(group.id("trajectory-figure"), group.runs, study.trajectories, best, group.look, points)
    title = "Trajectories"
    if figure is None:
        return Section(group.id("trajectory"), title, ["Not shown: no run told its incumbents over time."])
    notes = ["Incumbents (thick) and bounds (thin) of every run of an instance. A click on a name hides a method."]
    return Section(group.id("trajectory"), title, notes, [figure])


def _spread(group: Group) -> Section:
    runs, limit, look = group.runs, group.study.limit, group.look
    figures = [
        boxes_figure(group.id("seconds-boxes"), runs, penalized(runs, limit), look, "seconds"),
        boxes_figure(group.id("gap-boxes"), runs, gaps(runs)["to_best"], look, "gap to the best known", percent=True),
    ]
    notes = [
        "Median and quartiles over the seeds and repeats of each instance, never the best of them. A failure counts as "
        f"the limit of {limit:g} s, and as a gap of 100 % in the table.",
    ]
    if not any(figures):
        notes.append("No instance was run with several seeds or repeats: there is no spread to draw.")
    parts: list[Part] = [*(figure for figure in figures if figure is not None), spread_grid(group)]
    return Section(group.id("spread"), "Spread over seeds", notes, parts)


def _fronts(group: Group, points: int) -> Section:
    study, title = group.study, "Fronts"
    figure = fronts_figure(group.id("fronts-figure"), group.runs, study.fronts, group.look, max(points, 2))
    notes = [
        "Against the non-dominated points of the union of all fronts of an instance. Hypervolume: with a reference "
        "point a tenth of each range beyond the worst of these points, as a share of theirs. Coverage error: the "
        "largest distance of one of these points to the nearest one found, as a share of the ranges.",
    ]
    parts: list[Part] = [*([figure] if figure else []), quality_grid(group)]
    return Section(group.id("fronts"), title, notes, parts)
