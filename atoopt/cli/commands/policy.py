"""``atoopt policy``: the paper's four steps, the true frontier beside them, and their pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from atoopt.cli.options import AsJson, Instance, named
from atoopt.solvers.run import interrupts_remembered

if TYPE_CHECKING:
    from atoopt.policy.report import Report


@interrupts_remembered()
def policy(
    instance: Instance,
    weights: Annotated[str, typer.Option(help="Weights of pallets and set-up hours.", metavar="P,TS")] = "1,2",
    choose: Annotated[str, typer.Option(help="Pick the rule by balance, utopia or objective.")] = "balance",
    time_limit: Annotated[
        float | None, typer.Option(help="Seconds for the free frontier; then its supported points.", metavar="S")
    ] = None,
    plots: Annotated[str | None, typer.Option(help="Write two pictures into this folder.", metavar="FOLDER")] = None,
    as_json: AsJson = False,
    show_all: Annotated[bool, typer.Option("--all", help="List every part made to order.")] = False,
) -> None:
    """Choose a threshold rule as the paper does, and say what it costs against free assignment.

    \b
    Example:
      atoopt policy instances/policy/plates-425.json --plots pictures
    """
    import atoopt
    from atoopt.base.errors import InputError
    from atoopt.cli.commands.solve import _weights
    from atoopt.cli.outputs import check_folder, rescued
    from atoopt.cli.text.terminal import print_json, width
    from atoopt.policy.report import report
    from atoopt.solvers.run import Options, Run, interruptible

    if plots is not None:
        check_folder(plots, "--plots")
    loaded = atoopt.load(instance)
    if loaded.format != "atoopt/policy":
        raise InputError(f"is {loaded.format}", "give an instance of atoopt/policy", place="format", file=instance)
    with named(["weights", "choose", "time_limit"], instance):
        run = Run(Options(time_limit=time_limit))
        with interruptible(run):
            found = report(loaded, weights=_weights(weights), choose=choose, stop=lambda: run.stopped)

    def show(files: Sequence[str] = ()) -> None:
        if as_json:
            print_json({**found.to_json(), "pictures": list(files)})
            return
        from atoopt.cli.text.policy import policy_table

        print("\n".join([*_lines(found), "", *policy_table(found.chosen, columns=width(), show_all=show_all)]))
        for file in files:
            print(f"picture: {file}")

    files: list[str] = []
    if plots is not None:
        with rescued(show):
            files = _draw(found, Path(plots))
    show(files)


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


def _lines(found: Report) -> list[str]:
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
        return [*lines, "process_hours bind: atoopt pareto gives the frontier of free assignment"]
    at = float(above[found.point])
    share = f", {at / chosen.pallets:.1%} of the rule's" if chosen.pallets else ""
    kind = "complete frontier" if free.complete else "supported points only"
    least, most, mean = float(above.min()), float(above.max()), float(above.mean())
    return [
        *lines,
        f"free assignment ({kind}, {len(free)} points): {at:.2f} pallets fewer within the same set-up hours{share}",
        f"over the whole frontier of rules: {least:.2f} to {most:.2f} pallets fewer, {mean:.2f} on average",
    ]
