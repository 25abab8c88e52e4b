"""Pictures at 1, 3, 30 and 300 items with long and strange names: nothing leaves its figure, labels stay apart."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes

import atoopt
from atoopt.cli import main
from atoopt.pareto.front import Front
from atoopt.plots import demand_concentration, levels_by_module, plot_front, stock_map
from atoopt.plots.style import short_name
from atoopt.stock import Costs, Product, StockInstance, evaluate

STRANGE = ("<b>bold</b>", '"quoted"', "line\nbreak", "5 $ or $6", "under_score^2", "ל" * 20, "x" * 200)
SIZES = (1, 3, 30, 300)


def names(n: int) -> tuple[str, ...]:
    """Return n different names, none of which suits a picture."""
    return tuple(f"{i} {STRANGE[i % len(STRANGE)]} of some length that no axis has room for" for i in range(n))


def stock(n: int) -> Any:
    """Return a stock of n modules of two components, one a product."""
    parts = names(n + 1)
    products = tuple(Product(components=(parts[0], parts[i + 1]), demand=n - i) for i in range(n))
    costs = Costs(preassembly=1, fixed_transport=1, variable_transport=1, final_assembly=1)
    instance = StockInstance(
        name=STRANGE[n % 3] * 9, components=parts, products=products, costs=costs, max_mean_assembly_time=None
    )
    return evaluate(instance, [product.components for product in products])


def front(n: int) -> Front:
    """Return a front of n points under a long name."""
    values = np.column_stack([np.arange(n, dtype=float), np.arange(n, dtype=float)[::-1] ** 2])
    return Front(("cost", "mean_assembly_time"), values, True, instance=names(1)[0] * 3, method="auto")


def levels(n: int) -> Any:
    """Return levels of n modules, each ordered alone."""
    from atoopt.levels import LevelsInstance
    from atoopt.levels import evaluate as evaluate_levels

    modules = names(n)
    instance = LevelsInstance(
        name=modules[0], modules=[{"name": name, "lead_time": 1.0} for name in modules],
        orders=[{"modules": [name], "rate": 1.0} for name in modules], target={"kind": "average", "fill_rate": 0.5},
    )  # fmt: skip
    return evaluate_levels(instance, dict.fromkeys(modules, 3))


def ticks(axes: Axes) -> tuple[list[Any], list[Any]]:
    """Return the labels of both axes that are drawn: those within the limits."""
    shown = []
    for side, (labels, limits) in enumerate(
        ((axes.get_xticklabels(), axes.get_xlim()), (axes.get_yticklabels(), axes.get_ylim()))
    ):
        low, high = sorted(limits)
        shown.append([label for label in labels if label.get_text() and low <= label.get_position()[side] <= high])
    return shown[0], shown[1]


def check(axes: Axes) -> None:
    """No text leaves the figure, and the labels of an axis do not lie on each other."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    figure.canvas.draw()
    across, up = ticks(axes)
    legend = axes.get_legend()
    texts = [axes.title, axes.xaxis.label, axes.yaxis.label, *across, *up, *axes.texts]
    for text in texts if legend is None else [*texts, *legend.get_texts()]:
        box = text.get_window_extent()
        if text.get_text():
            assert box.x0 >= figure.bbox.x0 - 2 and box.x1 <= figure.bbox.x1 + 2, text.get_text()
            assert box.y0 >= figure.bbox.y0 - 2 and box.y1 <= figure.bbox.y1 + 2, text.get_text()
    for labels, side in ((across, 0), (up, 1)):
        boxes = sorted((label.get_window_extent() for label in labels), key=lambda box: box.p0[side])
        for one, other in pairwise(boxes):
            assert other.p0[side] >= one.p1[side] - 3, [label.get_text() for label in labels]
    plt.close(figure)


@pytest.mark.parametrize("n", SIZES)
def test_pictures_at_every_size(n: int) -> None:
    """Stock, demand, front and levels."""
    held = stock(n)
    for axes in (
        stock_map(held),
        demand_concentration(held.instance),
        plot_front(front(n)),
        levels_by_module(levels(n)),
    ):
        check(axes)


def test_what_is_left_out_is_said() -> None:
    """A large picture shows the largest, and says so."""
    axes = stock_map(stock(300))
    assert "300 modules of several components, the 40 most used" in axes.get_title()
    assert len(axes.get_yticklabels()) == 40
    assert "270 modules of lower levels left out" in levels_by_module(levels(300)).get_title()
    plt.close("all")


@pytest.mark.parametrize("name", STRANGE)
def test_names_are_short_and_no_formulas(name: str) -> None:
    """At most as many letters as fit, on one line, every dollar sign escaped."""
    found = short_name(name)
    assert len(found.replace("\\$", "$")) <= 28 and "\n" not in found
    assert found.count("$") == found.count("\\$")


def test_two_fronts_in_one_picture_differ() -> None:
    """By color, and by their labels."""
    axes = plot_front(front(5), label="now")
    plot_front(front(7), axes, label="later", color="#e69f00")
    texts = [text.get_text() for text in axes.get_legend().get_texts()]
    assert [text.split(":")[0] for text in texts] == ["now", "later"]
    assert len({line.get_color() for line in axes.get_lines()}) == 2
    plt.close("all")


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every picture of every kind of file; what does not fit is one line, exit status 2, nothing written."""
    result, curve = str(tmp_path / "r.json"), str(tmp_path / "f.json")
    stock_file, policy = "instances/stock/frequency-4.json", "instances/policy/plates-12.json"
    assert main(["solve", stock_file, "--method", "milp", "-o", result, "-q"]) == 0
    assert main(["pareto", stock_file, "-o", curve, "-q"]) == 0
    columns = "instances/architecture/steering-columns.json"
    for number, words in enumerate((
        [stock_file], [stock_file, result], [curve], [curve, curve], [policy], [policy, "--picture", "objectives"],
        ["instances/levels/two-components.json", "instances/levels/best/two-components.json"],
        *([columns, "--picture", name] for name in ("similarity", "dendrogram", "datum-flow", "hybrid")),
    )):  # fmt: skip
        assert main(["plot", *words, "-o", str(tmp_path / f"{number}.png")]) == 0
        assert (tmp_path / f"{number}.png").stat().st_size > 3_000
    capsys.readouterr()
    for words in ([result], [stock_file, "--picture", "x"], [policy, result], [curve, "--picture", "x"], ["none.json"]):
        assert main(["plot", *words, "-o", str(tmp_path / "x.png")]) == 2
        out, err = capsys.readouterr()
        assert (out, err.count("\n")) == ("", 1), err
        assert not (tmp_path / "x.png").exists()
    assert main(["plot", stock_file, "-o", str(tmp_path / "x.doc")]) == 2
    assert atoopt.plots.__all__ == sorted(atoopt.plots.__all__)
