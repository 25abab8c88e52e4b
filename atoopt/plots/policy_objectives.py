"""Pallets against set-up hours: all rules, both frontiers, the chosen point (the paper's Figs. 5 and 6)."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from atoopt.pareto.representation import representation
from atoopt.plots.front import LABELS, MOST_CORNERS
from atoopt.policy.report import Report

MOST_DOTS = 20_000
"""More rules than this are drawn as a sample: a picture shows no more."""


def policy_objectives(report: Report, ax: Axes | None = None) -> Axes:
    """Draw every rule, the frontier of rules, that of free assignment, and the chosen rule.

    Parameters
    ----------
    report : Report
        Of `atoopt.policy.report`.
    ax : matplotlib Axes, optional
        New ones by default.

    Returns
    -------
    matplotlib Axes
    """
    if ax is None:
        ax = plt.subplots(figsize=(7, 5), layout="constrained")[1]
    every = report.rules.all_values()
    every = every[:: max(1, len(every) // MOST_DOTS)]
    ax.plot(every[:, 0], every[:, 1], ".", color="0.8", markersize=2, label=f"{report.rules.n_rules} rules")
    _line(ax, report.rule_front.values, "tab:blue", f"rules not dominated: {len(report.rule_front)}")
    if report.free is not None:
        kind = "free assignment" if report.free.complete else "free assignment, supported points"
        _line(ax, report.free.values, "tab:green", f"{kind}: {len(report.free)}")
    chosen, stock = report.chosen, report.all_to_stock
    ax.plot(stock.pallets, stock.setup_hours, "ks", label="all to stock")
    ax.plot(
        chosen.pallets, chosen.setup_hours, "o", color="tab:red",
        label=f"chosen ({report.choose}): {chosen.pallets:.1f} pallets, {chosen.setup_hours:.1f} h",
    )  # fmt: skip
    if report.choose == "balance":
        most = float(every[:, 0].max())
        weight = report.objective.weights[0] / report.objective.weights[1] if report.objective.weights[1] else np.inf
        ax.axline((0, 0), slope=weight, color="tab:red", linewidth=0.8, linestyle=":")
        ax.set_xlim(-0.03 * most, 1.05 * most)
    low, high = float(every[:, 1].min()), float(every[:, 1].max())
    ax.set_ylim(low - 0.05 * (high - low), high + 0.05 * (high - low))
    ax.set(xlabel=LABELS["pallets"], ylabel=LABELS["setup_hours"], title=report.instance.name)
    ax.legend(loc="upper right")
    return ax


def _line(ax: Axes, values: np.ndarray, color: str, label: str) -> None:
    """Draw a front as the stairs that bound what is possible."""
    shown = values[representation(values, MOST_CORNERS)]
    ax.step(shown[:, 0], shown[:, 1], where="post", color=color, linewidth=1.2, label=label)
