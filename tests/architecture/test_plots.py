"""The pictures draw what they are given, on given Axes or their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
from matplotlib.axes import Axes
from matplotlib.text import Annotation

from atoopt.architecture import ArchitectureInstance, Component, Product
from atoopt.architecture.families import families
from atoopt.plots.datum_flow import datum_flow
from atoopt.plots.dendrogram import dendrogram
from atoopt.plots.hybrid_graph import hybrid_layers
from atoopt.plots.saving import save_axes
from atoopt.plots.similarity import similarity_map


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """Close all figures afterwards."""
    yield
    plt.close("all")


def texts(ax: Axes) -> list[str]:
    """Return what is written, in lines as it stands in the data."""
    return [" ".join(text.get_text().split()) for text in ax.texts]


def arrows(ax: Axes) -> int:
    """Return the number of arrows and arcs."""
    return sum(isinstance(text, Annotation) for text in ax.texts)


def test_datum_flow_has_components_and_joints(columns: ArchitectureInstance) -> None:
    """Every component is a box; a mate is an arrow for each of its key characteristics, a contact one line."""
    product = columns.products[-1]
    ax = datum_flow(product)
    assert {component.id for component in product.components} <= set(texts(ax))
    assert arrows(ax) == sum(max(1, len(joint.key_characteristics)) for joint in product.joints)
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == [*product.key_characteristics, "contact"]


def test_hybrid_graph_has_both_layers(columns: ArchitectureInstance) -> None:
    """Functions and components are boxes, flows and joints arcs; a square and a line for each tie between layers."""
    product = columns.products[-1]
    ax = hybrid_layers(product, plt.subplots()[1])
    assert {*product.functions, *(component.id for component in product.components)} <= set(texts(ax))
    assert arrows(ax) == len(product.flows) + len(product.joints)
    squares = sum(line.get_marker() == "s" for line in ax.lines)
    realized = sum(len(component.functions) for component in product.components)
    assert len(ax.lines) - squares == realized
    members = [(key, end) for joint in product.joints for key in joint.key_characteristics for end in joint.ends]
    assert squares == len(set(members))


def test_similarity_map_frames_the_families(columns: ArchitectureInstance) -> None:
    """A square a pair, in the order of the tree, and a frame a family of its size."""
    found = families(columns, 2)
    ax = similarity_map(found)
    values = ax.images[0].get_array()
    assert values is not None
    assert sorted(values.ravel().tolist()) == pytest.approx(sorted(100 * found.table.total.ravel()))
    assert [patch.get_width() for patch in ax.patches] == [3, 3]
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert {frozenset(names[:3]), frozenset(names[3:])} == {frozenset(members) for members in found.members}


def test_dendrogram_has_a_color_a_family(columns: ArchitectureInstance) -> None:
    """The links of a family have its color, those above the cut none; every product is a leaf."""
    found = families(columns, 2)
    ax = dendrogram(found)
    colors = [tuple(color) for links in ax.collections for color in links.get_edgecolor()]
    assert len(set(colors)) == 3
    leaves = {label.get_text() for label in ax.get_yticklabels()}
    assert leaves == {product.id for product in columns.products}
    low, high = found.heights
    assert low < ax.lines[-1].get_xdata()[0] < high


def test_pictures_of_the_least_product() -> None:
    """A product of one component, without functions or joints, can be drawn and compared."""
    alone = Product(id="lone", components=(Component(id="part", type="electrical"),))
    assert arrows(datum_flow(alone)) == arrows(hybrid_layers(alone)) == 0
    instance = ArchitectureInstance(name="one", products=(alone,))
    assert similarity_map(families(instance)).images[0].get_array().tolist() == [[100.0]]


def test_names_are_shown_as_they_are(clippers: ArchitectureInstance, tmp_path: Path) -> None:
    """Names that matplotlib would read as formulas, or hide from a legend, are names."""
    first = clippers.products[0]
    joints = tuple(
        joint.model_copy(update={"key_characteristics": ("_$gap_{$",)}) if joint.kind == "mate" else joint
        for joint in first.joints
    )
    odd = first.replace(id="$x_{$ 5 $", joints=joints)
    found = families(ArchitectureInstance(name="a $ b_{$", products=(odd, *clippers.products)))
    for ax in (datum_flow(odd), hybrid_layers(odd), similarity_map(found), dendrogram(found)):
        save_axes(ax, tmp_path / "odd.png")
    assert r" _\$gap_{\$" in [text.get_text() for text in datum_flow(odd).get_legend().get_texts()]
