"""The page's data of a policy: every number is the independent evaluator's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from atoopt.workbench.decision.parts import Bars, Decision, Table
from atoopt.workbench.decision.proof import proven, sentence_of_proof

if TYPE_CHECKING:
    from atoopt.policy.evaluation import Evaluation
    from atoopt.policy.instance import PolicyInstance
    from atoopt.solvers.result import Result


def decision_of_policy(result: Result) -> Decision:
    """Return the page's data of a policy."""
    from atoopt.policy.evaluation import evaluate_mask

    instance, policy = result.instance, result.solution
    stock = evaluate_mask(instance, np.zeros(instance.n_parts, dtype=np.bool_))
    change = "" if not stock.pallets else f" ({policy.pallets / stock.pallets - 1:+.1%})"
    hours = "" if not stock.setup_hours else f" ({policy.setup_hours / stock.setup_hours - 1:+.1%})"
    sentences = (
        f"Make {len(policy.moved)} of {instance.n_parts} parts to order, and the others to stock.",
        f"That takes {policy.pallets:.2f} pallets{change} and {policy.setup_hours:.2f} set-up hours a year{hours}, "
        f"where all parts made to stock take {stock.pallets:.2f} and {stock.setup_hours:.2f}.",
        sentence_of_proof(result, "policy"),
    )
    return Decision(
        title=instance.name, sentences=sentences, what=_parts(instance, policy),
        effects=_effects(instance, policy, stock), proven=proven(result), assumed=_assumed(instance),
        words={"what": "What to make to order", "effects": "What it takes"},
    )  # fmt: skip


def _parts(instance: PolicyInstance, policy: Evaluation) -> list[Table | Bars]:
    """Return the parts made to order, those that free most pallets first; and the others."""
    tables: list[Table | Bars] = []
    order = np.argsort(-instance.mts_pallets, kind="stable").tolist()
    for to_order, title, folded in ((True, "made to order", False), (False, "made to stock", True)):
        rows = [
            (
                instance.ids[i], f"{instance.mts_pallets[i]:.3f}",
                f"{instance.mto_setup_hours[i] - instance.mts_setup_hours[i]:+.3f}",
                f"{instance.orders_per_year[i]:g}", f"{instance.agility[i]:.4g}", f"{instance.pieces_per_pallet[i]:g}",
            )
            for i in order
            if bool(policy.mto[i]) == to_order
        ]  # fmt: skip
        head = (
            "part", "pallets if to stock", "set-up hours if to order", "orders a year", "agility", "pieces per pallet",
        )  # fmt: skip
        if rows:
            name = f"{len(rows)} parts {title}"
            tables.append(Table(name, head, rows, folded=folded, id="orders" if to_order else "stocked"))
    return tables


def _effects(instance: PolicyInstance, policy: Evaluation, stock: Evaluation) -> list[Table | Bars]:
    """Return the totals beside those of all parts to stock, and the hours of each process."""
    totals = [
        ("pallets", f"{policy.pallets:.2f}", f"{stock.pallets:.2f}"),
        ("set-up hours a year", f"{policy.setup_hours:.2f}", f"{stock.setup_hours:.2f}"),
    ]
    limits = instance.process_limits
    hours = [
        (name, f"{value:.1f}", f"{limits[name]:g}" if name in limits else "none")
        for name, value in policy.process_hours.items()
    ]
    return [
        Table("Totals", ("", "this policy", "all to stock"), totals, id="totals"),
        Table("Hours of each process", ("process", "hours a year", "limit"), hours, id="hours"),
    ]


def _assumed(instance: PolicyInstance) -> list[tuple[str, str]]:
    """Return what the instance takes for given."""
    limits = instance.limits
    named = [
        f"{text} at most {value:g}"
        for text, value in (("pallets", limits.max_pallets), ("set-up hours", limits.max_setup_hours))
        if value is not None
    ]
    assumed = [
        ("Parts", f"{instance.n_parts}, with the demand, orders and batches of a year that the file gives."),
        ("To stock", "A part made to stock fills the pallets that its batch needs, and is set up once a batch."),
        ("To order", "A part made to order fills none, and is set up once an order."),
        ("Limits", ", ".join(named) or "None on pallets and set-up hours."),
    ]
    if instance.fixed_policy:
        assumed.append(("Settled", f"{len(instance.fixed_policy)} parts are fixed to order or to stock."))
    if instance.same_policy:
        assumed.append(("Together", f"{len(instance.same_policy)} groups of parts are treated alike."))
    return assumed


def picked(solution: Any) -> tuple[str, tuple[str, ...]]:
    """Return what is told of a point of the curve: a head, and the parts made to order."""
    head = f"{solution.pallets:.2f} pallets, {solution.setup_hours:.2f} set-up hours a year, "
    return head + f"{len(solution.moved)} parts made to order", tuple(solution.moved)
