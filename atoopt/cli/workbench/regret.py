"""``atoopt regret``: how a decision made for one demand does under another."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from atoopt.base.errors import InputError
from atoopt.cli.options import AsJson, named


def regret(
    scenarios: Annotated[
        list[str], typer.Argument(metavar="A B...", help="Instances: the same products under other demand.")
    ],
    grow: Annotated[
        list[str] | None,
        typer.Option(
            help="A further scenario: the first, where what has this component sells so many times as much.",
            metavar="COMPONENT=FACTOR",
        ),
    ] = None,
    method: Annotated[str, typer.Option(help="As in solve.")] = "auto",
    time_limit: Annotated[float | None, typer.Option(help="Seconds for each solve.", metavar="S")] = None,
    threads: Annotated[int | None, typer.Option(help="Threads of each solve.", metavar="N")] = None,
    seed: Annotated[int, typer.Option(help="Seed of every random choice.", metavar="N")] = 0,
    as_json: AsJson = False,
) -> None:
    """Solve each scenario, and say what each solution costs more than the best one in the others.

    \b
    Examples:
      atoopt regret spring.json autumn.json
      atoopt regret instances/stock/uniform-5.json --grow a=3 --grow b=0.5
    """
    import atoopt
    from atoopt.base.files import load
    from atoopt.cli.text.terminal import print_json, prints_aside
    from atoopt.workbench.changes import parse_change

    instances = {Path(file).stem: load(file) for file in scenarios}
    if len(instances) < len(scenarios):
        instances = {file: load(file) for file in scenarios}
    with named(["scenarios", "grow", "method", "time_limit", "threads", "seed"], scenarios[0]), prints_aside():
        first = load(scenarios[0])
        for text in grow or ():
            component, factor = parse_change(text)
            if not hasattr(first, "grown"):
                raise InputError(f"has no meaning for {first.format}", "leave it out", place="grow")
            instances[text] = first.grown(component, factor)
        table = atoopt.regret(instances, method, time_limit=time_limit, threads=threads, seed=seed)
    if as_json:
        print_json({"scenarios": list(instances), "rows": table.to_dict("records")})
        return
    told = [
        f"{100 * share:+.2f} %" + ("" if allowed else " (breaks a limit)")
        for share, allowed in zip(table["regret_share"].tolist(), table["allowed"].tolist(), strict=True)
    ]
    shown = table.assign(regret=told)
    print("What the row's solution costs more than the column's own, in the column's scenario:\n")
    print(shown.pivot(index="made_for", columns="scenario", values="regret").loc[list(instances), list(instances)])
    unproven = table.loc[~table["proven"], "scenario"].unique()
    if len(unproven):
        print(f"\nnot proven optimal: {', '.join(unproven)}")
