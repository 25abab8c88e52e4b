"""``atoopt policy``: the paper's four steps, the true frontier beside them, and their pictures."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from atoopt.cli.options import AsJson, Instance, named
from atoopt.solvers.run import interrupts_remembered

if TYPE_CHECKING:
    from atoopt.policy.report import Report
    from atoopt.solvers.result import Result
    from atoopt.solvers.run import Run


@interrupts_remembered()
def policy(
    instance: Instance,
    weights: Annotated[str, typer.Option(help="Weights of pallets and set-up hours.", metavar="P,TS")] = "1,2",
    choose: Annotated[str, typer.Option(help="Pick the rule by balance, utopia or objective.")] = "balance",
    time_limit: Annotated[
        float | None, typer.Option(help="Seconds for the free frontier; then its supported points.", metavar="S")
    ] = None,
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", help="Write the rule's policy here, as a result (JSON).", metavar="FILE"),
    ] = None,
    better: Annotated[
        bool, typer.Option("--better", help="List and write the better policy of free assignment instead, if any.")
    ] = False,
    plots: Annotated[str | None, typer.Option(help="Write two pictures into this folder.", metavar="FOLDER")] = None,
    as_json: AsJson = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No line of progress.")] = False,
    show_all: Annotated[bool, typer.Option("--all", help="List every part made to order.")] = False,
) -> None:
    """Choose a threshold rule as the paper does, and say what it costs against free assignment.

    \b
    Examples:
      atoopt policy instances/policy/plates-425.json --plots pictures
      atoopt policy instances/policy/plates-60.json --better -o policy.json
    """
    import atoopt
    from atoopt.base.errors import InputError
    from atoopt.cli.commands.solve import _weights
    from atoopt.cli.outputs import RESULT, check_folder, check_output, rescued
    from atoopt.cli.text.terminal import print_json, width
    from atoopt.policy.report import report
    from atoopt.solvers.run import Options, Run, interruptible

    if plots is not None:
        check_folder(plots, "--plots")
    if output is not None:
        check_output(output, RESULT, (instance,))
    loaded = atoopt.load(instance)
    if loaded.format != "atoopt/policy":
        raise InputError(f"is {loaded.format}", "give an instance of atoopt/policy", place="format", file=instance)
    with named(["weights", "choose", "time_limit"], instance):
        run = Run(Options(time_limit=time_limit))
        with interruptible(run), _told(quiet):
            found = report(loaded, weights=_weights(weights), choose=choose, stop=lambda: run.stopped)

    def show(files: Sequence[str] = ()) -> None:
        if as_json:
            print_json({**found.to_json(), "pictures": list(files)})
            return
        from atoopt.cli.text.policy import policy_table

        shown = found.better if better and found.better is not None else found.chosen
        print("\n".join([*_lines(found, better), "", *policy_table(shown, columns=width(), show_all=show_all)]))
        for file in files:
            print(f"picture: {file}")

    if output is not None:
        with rescued(show):
            _result(found, better, run).save(output)
    files: list[str] = []
    if plots is not None:
        with rescued(show):
            files = _draw(found, Path(plots))
    show(files)


@contextlib.contextmanager
def _told(quiet: bool) -> Iterator[None]:
    """Say in a terminal what takes so long."""
    if quiet or not sys.stderr.isatty():
        yield
        return
    from atoopt.solvers.running.display import live_line

    with live_line("every rule, then the frontier of free assignment"):
        yield


def _result(found: Report, better: bool, run: Run) -> Result:
    """Return a policy as the result of a method, judged like any other."""
    from atoopt.policy.evaluation import Choice, evaluate_choice
    from atoopt.solvers.result import Claim, conclude

    policy = found.better if better and found.better is not None else found.chosen
    choice = Choice(policy.mto, found.objective, policy.thresholds)
    claim = Claim(choice, message=f"chosen by {found.choose}" if policy is found.chosen else "free assignment")
    return conclude(
        claim, run, found.instance, problem="policy", method="exact" if policy is found.better else "threshold",
        solver=None, evaluate=evaluate_choice,
    )  # fmt: skip


def _draw(found: Report, folder: Path) -> list[str]:
    """Write both pictures, and return their names."""
    from atoopt.plots.policy_objectives import policy_objectives
    from atoopt.plots.policy_plane import policy_plane
    from atoopt.plots.saving import save_axes

    files = []
    for picture, ax in (("plane", policy_plane(found.chosen)), ("objectives", policy_objectives(found))):
        file = folder / f"{found.instance.name}-{picture}.png"
        save_axes(ax, file)
        files.append(str(file))
    return files


def _lines(found: Report, better: bool) -> list[str]:
    """Return the steps in words."""
    chosen, weights = found.chosen, found.objective.weights
    rule = chosen.thresholds
    assert rule is not None, "a rule was chosen"
    lines = [
        f"{found.instance.name}: {found.rules.n_rules} distinct rules, {len(found.rule_front)} not dominated",
        f"chosen by {found.choose} (weights {weights[0]:g} pallets, {weights[1]:g} set-up hours): "
        f"a** = {rule.agility:.6g}, EPQ** = {rule.pieces_per_pallet:g}, {len(chosen.moved)} parts move to order",
    ]
    above, free = found.pallets_above, found.free
    if free is None or above is None:
        lines.append("process_hours bind: atoopt pareto gives the frontier of free assignment")
        return [*lines, *_said_of_better(found, better)]
    at = float(above[found.point])
    share = f", {at / chosen.pallets:.1%} of the rule's" if chosen.pallets else ""
    kind = "complete frontier" if free.complete else "supported points only"
    least, most, mean = float(above.min()), float(above.max()), float(above.mean())
    return [
        *lines,
        f"free assignment ({kind}, {len(free)} points): {at:.2f} pallets fewer within the same set-up hours{share}",
        f"over the whole frontier of rules: {least:.2f} to {most:.2f} pallets fewer, {mean:.2f} on average",
        *_said_of_better(found, better),
    ]


def _said_of_better(found: Report, shown: bool) -> list[str]:
    """Return which parts a better policy treats otherwise, where there is one."""
    other = found.better
    if other is None:
        return []
    names, rule, free = found.instance.ids, set(found.chosen.moved), set(other.moved)
    changed = [name for name in names if (name in rule) != (name in free)]
    listed = ", ".join(f"{name} to {'order' if name in free else 'stock'}" for name in changed[:MOST])
    more = f" and {len(changed) - MOST} more" if len(changed) > MOST else ""
    return [
        f"better, within the same set-up hours: {other.pallets:.2f} pallets and {other.setup_hours:.2f} set-up hours, "
        f"with {len(changed)} parts treated otherwise: {listed}{more}",
        "below: the better policy" if shown else "below: the rule's policy (--better for the other)",
    ]


MOST = 8
"""Parts that are named in a line."""
