"""Give-away against the number of variants: one P after the other, or by the epsilon-constraint method."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from atoopt.diversity.core import core_of
from atoopt.diversity.evaluation import Evaluation, evaluate_positions
from atoopt.diversity.inclusion import inclusion_of
from atoopt.diversity.instance import DiversityInstance
from atoopt.diversity.lagrangian.solve import Proof, prove
from atoopt.pareto.filter import nondominated
from atoopt.pareto.front import Front
from atoopt.solvers.run import Run

NAMES = ("give_away", "n_variants")

ROUNDING = 1e-12
"""Give-aways that differ by no more are the same: sums of shares, which are at most 1."""


def lagrangian(instance: DiversityInstance, run: Run, n_points: int | None) -> Front:
    """Return the curve from the fewest possible variants to the most, each P proven where the time allows.

    Each P starts from the multipliers and the choice of the one before.
    """
    pairs = inclusion_of(instance)
    fewest, proofs = int(pairs.maximal.sum()), list[Proof]()
    for most in range(fewest, instance.most_variants + 1):
        if run.stopped:
            break
        proofs.append(prove(pairs, most, run, proofs[-1] if proofs else None))
        run.report(note=f"{most} variants, {proofs[-1].cost:.4g} given away")
    return _front_of(instance, proofs, run, n_points)


def _front_of(instance: DiversityInstance, proofs: list[Proof], run: Run, n_points: int | None) -> Front:
    """Return the front of the choices found, as the evaluator sees them."""
    chosen = [tuple(np.flatnonzero(proof.chosen).tolist()) for proof in proofs]
    found = [(e.give_away, e.n_variants) for e in (evaluate_positions(instance, some) for some in chosen)]
    values = np.array(found, dtype=np.float64).reshape(-1, 2)
    kept = nondominated(values, (ROUNDING, 0.0))
    wanted = instance.most_variants - int(inclusion_of(instance).maximal.sum()) + 1
    all_proven = all(proof.proven for proof in proofs)
    complete = all_proven and len(proofs) == max(0, wanted)
    reason = "" if complete else run.stop_reason or "not every point is proven"
    bounds = np.minimum(values[kept, 0], np.array([proof.bound for proof in proofs])[kept]) if proofs else None
    front = Front(
        NAMES, values[kept], complete, reason, lambda i: evaluate_positions(instance, chosen[int(kept[i])]),
        bounds=None if all_proven else bounds, solves=len(proofs), details={"proven": sum(p.proven for p in proofs)},
    )  # fmt: skip
    return front if n_points is None else front.represented(n_points)


def epsilon_constraint(instance: DiversityInstance, run: Run, n_points: int | None) -> Front:
    """Return the curve by the epsilon-constraint method on the Pyomo model."""
    from atoopt.diversity.model.formulation import build
    from atoopt.pareto.methods.engine import front_of
    from atoopt.pareto.search.found import Settings

    if core_of(instance).budget < 0:
        return Front(NAMES, np.empty((0, 2)), True)
    model = build(instance)
    journal = None if run.options.journal is None else Path(run.options.journal)
    found = front_of(model, (model.give_away, model.n_variants), run, Settings(n_points, journal=journal))

    def evaluation(i: int) -> Evaluation:
        return evaluate_positions(instance, _built(model, found.assignment(i)))

    evaluations = [evaluation(i) for i in range(len(found.values))]
    values = np.array([(e.give_away, e.n_variants) for e in evaluations]).reshape(-1, 2)
    kept = nondominated(values, (ROUNDING, 0.0))
    facts: dict[str, Any] = found.facts
    if facts["payoff"] is not None and len(kept) and (found.complete or len(kept) > 1):
        facts = facts | {"payoff": values[kept[[0, -1]]]}  # both ends are among the points
    return Front(
        NAMES, values[kept], found.complete, found.stop_reason, lambda i: evaluations[int(kept[i])], **facts
    )  # fmt: skip


def _built(model: Any, assignment: dict[int, float]) -> list[int]:
    """Return the variants that a solution of the model builds."""

    def is_built(variable: Any) -> bool:
        value = variable.value if variable.fixed else assignment.get(id(variable), 0.0)
        return bool((value or 0.0) > 0.5)

    return [j for j in model.products if is_built(model.build[j])]
