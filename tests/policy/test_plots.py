"""The pictures draw what they are given, on given Axes or their own."""

from __future__ import annotations

from collections.abc import Iterator

import matplotlib.pyplot as plt
import numpy as np
import pytest

import atoopt
from atoopt.plots.front import plot_front
from atoopt.plots.policy_objectives import policy_objectives
from atoopt.plots.policy_plane import policy_plane
from atoopt.policy import PolicyInstance
from atoopt.policy.evaluation import evaluate_mask
from atoopt.policy.report import report


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """Close all figures afterwards."""
    yield
    plt.close("all")


def test_plane_has_every_part_once(plates_60: PolicyInstance) -> None:
    """Two clouds with all parts together, and the thresholds as two lines."""
    found = report(plates_60)
    ax = policy_plane(found.chosen)
    offsets = [len(cloud.get_offsets()) for cloud in ax.collections]
    assert offsets == [60 - len(found.chosen.moved), len(found.chosen.moved)]
    assert found.chosen.thresholds is not None
    assert ax.lines[0].get_xdata()[0] == found.chosen.thresholds.agility
    assert "a**" in ax.get_title()


def test_plane_without_a_rule(plates_12: PolicyInstance) -> None:
    """A free policy has no lines; parts without times stand at the edge."""
    part = plates_12.parts[0].model_copy(update={"setup_hours": {}})
    instance = plates_12.replace(parts=(part, *plates_12.parts[1:]))
    ax = policy_plane(evaluate_mask(instance, np.zeros(12, dtype=bool)), plt.subplots()[1])
    assert not ax.lines
    assert np.isfinite(ax.collections[0].get_offsets()).all()


def test_objectives_has_rules_fronts_and_choice(plates_60: PolicyInstance) -> None:
    """All rules, both fronts, all to stock, the chosen rule, and the balance line."""
    found = report(plates_60)
    ax = policy_objectives(found)
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels[0] == f"{found.rules.n_rules} rules"
    assert labels[1] == f"rules not dominated: {len(found.rule_front)}"
    assert labels[2].startswith("free assignment")
    assert labels[4].startswith("chosen (balance)")
    assert len(ax.lines) == 6
    utopia = policy_objectives(report(plates_60, choose="utopia"))
    assert len(utopia.lines) == 5


def test_front_of_any_method(plates_12: PolicyInstance) -> None:
    """A front becomes stairs; an empty one an empty picture."""
    front = atoopt.pareto(plates_12, "threshold")
    assert plot_front(front).lines[0].get_xdata().tolist() == front.values[:, 0].tolist()
    nothing = atoopt.pareto(plates_12.replace(limits={"max_pallets": 0.0, "max_setup_hours": 0.0}))
    assert not plot_front(nothing).lines
