"""The picture of profiles draws what it is given, on given Axes or its own."""

from __future__ import annotations

from collections.abc import Iterator

import matplotlib.pyplot as plt
import pytest

from atoopt.plots import plot_profile
from atoopt.study.measures.profiles import data_profile, performance_profile
from tests.study.tables import failed, run, table


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """Close all figures afterwards."""
    yield
    plt.close("all")


def test_a_step_curve_a_method() -> None:
    """Ratios are logarithmic, names are shown as they are, and each method has a line of its own."""
    rows = [run("A", "p"), run("_b $x$", "p", seconds=4.0), run("A", "q"), failed("_b $x$", "q", "time")]
    ax = plot_profile(performance_profile(table(rows)))
    assert ax.get_xscale() == "log"
    assert [line.get_ydata()[-1] for line in ax.lines] == [1.0, 0.5]
    texts = [text.get_text() for text in ax.get_legend().get_texts()]
    assert texts == ["A", " _b \\$x\\$"]
    ax.figure.canvas.draw()


def test_given_axes_and_many_methods() -> None:
    """What is given is drawn on; the eleventh method has another style than the first."""
    own = plt.subplots()[1]
    ax = plot_profile(data_profile(table(run(f"m{i:02}", "p", seconds=1.0 + i) for i in range(11)), 20.0), ax=own)
    assert ax is own
    assert ax.get_xscale() == "linear"
    assert (ax.lines[0].get_linestyle(), ax.lines[10].get_linestyle()) == ("-", "--")
    assert "11" not in ax.get_ylabel()


def test_one_problem_solved_by_all_at_once() -> None:
    """A single ratio of 1 still has a width."""
    ax = plot_profile(performance_profile(table([run("A", "p")])))
    assert ax.get_xlim() == (1.0, 2.0)
