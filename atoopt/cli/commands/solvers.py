"""``atoopt solvers``: which solvers are here, what they can do, and how the others are installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atoopt.cli.options import AsJson

if TYPE_CHECKING:
    from atoopt.solvers.catalogue import Found


def solvers(as_json: AsJson = False) -> None:
    """List the solvers: here or not, version, size without a licence, what each can do, how to install it.

    \b
    Example:
      atoopt solvers
      atoopt solvers --json
    """
    from atoopt.cli.text.terminal import print_json
    from atoopt.solvers.catalogue import find_solvers

    found = find_solvers()
    if as_json:
        print_json({"solvers": [each.to_json() for each in found]})
        return
    print("\n".join(lines(found)))


def lines(found: list[Found]) -> list[str]:
    """Return the table: those that are here, then those that are not, with what installs them."""
    here = [each for each in found if each.here]
    away = [each for each in found if not each.here]
    return [
        f"{'solver':<12} {'version':<11} {'without a licence':<18} can",
        *(f"{each.name:<12} {each.version:<11} {_size(each):<18} {', '.join(each.solver.can)}" for each in here),
        *([""] if away else []),
        *(f"{each.name:<12} not here: {each.solver.install}{_limited(each)}" for each in away),
        "",
        *(f"{each.name}: {each.solver.note}" for each in found if each.solver.note),
    ]


def _size(found: Found) -> str:
    most = found.solver.most
    if most is None:
        return "any"
    return f"{most[0]:,} together" if found.solver.together else f"{most[0]:,} + {most[1]:,}"


def _limited(found: Found) -> str:
    return "" if found.solver.most is None else f" (variables and rows without a licence: {_size(found)})"
