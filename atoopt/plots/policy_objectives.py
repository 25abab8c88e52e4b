"""Pallets against set-up hours: all rules, both frontiers, the chosen point (the paper's Figs. 5 and 6)."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from atoopt.pareto.representation import representation
from atoopt.plots.front import LABELS, MOST_CORNERS
from atoopt.policy.instance import PolicyInstance
from atoopt.policy.report import Report, report

MOST_DOTS = 20_000
"""More rules than this are drawn as a sample: a picture shows no more."""


def policy_objectives(found: Report, ax: Axes | None = None) -> Axes:
    """Draw every rule, the frontier of rules, that of free assignment, and the chosen rule.

    Parameters
    ----------
    found : Report
        Of `atoopt.policy.report`.
    ax : matplotlib Axes, optional
        New ones by default.

    Returns
    -------
    matplotlib Axes
    """
    if ax is None:
        ax = plt.subplots(figsize=(7, 5), layout="constrained")[1]
    every = found.rules.all_values()
    every = every[:: max(1, len(every) // MOST_DOTS)]
    ax.plot(every[:, 0], every[:, 1], ".", color="0.8", markersize=2, label=f"{found.rules.n_rules} rules")
    _line(ax, found.rule_front.values, "tab:blue", f"rules not dominated: {len(found.rule_front)}")
    if found.free is not None:
        kind = "free assignment" if found.free.complete else "free assignment, supported points"
        _line(ax, found.free.values, "tab:green", f"{kind}: {len(found.free)}")
    chosen, stock = found.chosen, found.all_to_stock
    ax.plot(stock.pallets, stock.setup_hours, "ks", label="all to stock")
    ax.plot(
        chosen.pallets, chosen.setup_hours, "o", color="tab:red",
        label=f"chosen ({found.choose}): {chosen.pallets:.1f} pallets, {chosen.setup_hours:.1f} h",
    )  # fmt: skip
    if found.choose == "balance":
        most = float(every[:, 0].max())
        weight = found.objective.weights[0] / found.objective.weights[1] if found.objective.weights[1] else np.inf
        ax.axline((0, 0), slope=weight, color="tab:red", linewidth=0.8, linestyle=":")
        ax.set_xlim(-0.03 * most, 1.05 * most)
    hours = every[:, 1] if found.free is None else np.concatenate([every[:, 1], found.free.values[:, 1]])
    low, high = float(hours.min()), float(hours.max())
    ax.set_ylim(low - 0.05 * (high - low), high + 0.05 * (high - low))
    ax.set(xlabel=LABELS["pallets"], ylabel=LABELS["setup_hours"], title=found.instance.name)
    ax.legend(loc="upper right")
    return ax


def _line(ax: Axes, values: np.ndarray, color: str, label: str) -> None:
    """Draw a front as the stairs that bound what is possible."""
    shown = values[representation(values, MOST_CORNERS)]
    ax.step(shown[:, 0], shown[:, 1], where="post", color=color, linewidth=1.2, label=label)


def objectives_of(instance: PolicyInstance, ax: Axes | None = None) -> Axes:
    """Draw the same of an instance, by the paper's four steps; see `policy_objectives`."""
    return policy_objectives(report(instance), ax)
