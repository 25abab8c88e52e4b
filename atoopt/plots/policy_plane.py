"""The parts in the plane of agility and pallet quantity, by policy (the paper's Figs. 4 and 7)."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from atoopt.policy.evaluation import Evaluation, evaluate_mask
from atoopt.policy.instance import PolicyInstance

MTO, MTS = "tab:orange", "tab:blue"


def policy_plane(evaluation: Evaluation, ax: Axes | None = None) -> Axes:
    """Draw each part at its agility and pieces per pallet, colored by policy; thresholds bound a shaded corner.

    The area of a point grows with the pallets that the part takes when made to stock. Agilities without bound
    (no set-up or no run time) stand at the right edge.

    Parameters
    ----------
    evaluation : Evaluation
        Of `atoopt.policy.evaluation`, or ``result.solution``.
    ax : matplotlib Axes, optional
        New ones by default.

    Returns
    -------
    matplotlib Axes
    """
    instance, rule = evaluation.instance, evaluation.thresholds
    if ax is None:
        ax = plt.subplots(figsize=(7, 5), layout="constrained")[1]
    finite = instance.agility[instance.agility < np.finfo(np.float64).max]
    edge = 2 * float(finite.max(initial=1.0))
    agility = np.minimum(instance.agility, edge)
    area = 8 + 60 * instance.mts_pallets / max(float(instance.mts_pallets.max()), 1e-300)
    for label, chosen, color in (("made to stock", ~evaluation.mto, MTS), ("made to order", evaluation.mto, MTO)):
        ax.scatter(
            agility[chosen], instance.pieces_per_pallet[chosen], s=area[chosen], c=color, alpha=0.6, linewidths=0,
            label=f"{label}: {int(chosen.sum())} parts",
        )  # fmt: skip
    ax.set(xscale="log", yscale="log", xlabel="agility a (pieces/h²)", ylabel="pieces per pallet EPQ")
    title = f"{instance.name}: {evaluation.pallets:.1f} pallets, {evaluation.setup_hours:.1f} set-up h/year"
    if rule is not None and rule.pieces_per_pallet > 0:
        left, bottom = min(rule.agility, edge), ax.get_ylim()[0]
        right = ax.get_xlim()[1]
        corner = Rectangle((left, bottom), right - left, rule.pieces_per_pallet - bottom, color=MTO, alpha=0.08)
        ax.add_patch(corner)
        ax.axvline(left, color=MTO, linewidth=1, linestyle="--")
        ax.axhline(rule.pieces_per_pallet, color=MTO, linewidth=1, linestyle="--")
        title += f"\na** = {rule.agility:.4g}, EPQ** = {rule.pieces_per_pallet:g}"
    ax.set_title(title)
    ax.legend(loc="upper right")
    return ax


def parts_plane(instance: PolicyInstance, ax: Axes | None = None) -> Axes:
    """Draw the parts before anything is decided: all to stock, see `policy_plane`."""
    return policy_plane(evaluate_mask(instance, np.zeros(instance.n_parts, dtype=np.bool_)), ax)
