"""All pictures of a product architecture, as files."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from atoopt.architecture.data.product import Product
from atoopt.architecture.families import families
from atoopt.architecture.instance import ArchitectureInstance
from atoopt.architecture.report import Report
from atoopt.base.errors import InputError
from atoopt.plots.datum_flow import datum_flow
from atoopt.plots.dendrogram import dendrogram
from atoopt.plots.hybrid_graph import hybrid_layers
from atoopt.plots.saving import save_axes
from atoopt.plots.similarity import similarity_map


def write_pictures(report: Report, shown: Sequence[Product], folder: str | os.PathLike[str]) -> list[str]:
    """Write similarity map and dendrogram, and the datum flow chain and hybrid graph of some products.

    Parameters
    ----------
    report : Report
    shown : sequence of Product
    folder : path
        Made where it does not exist.

    Returns
    -------
    list of str
        The files.

    Raises
    ------
    InputError
        The folder cannot be made, or a file not be written.
    """
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot be made ({error.strerror})", "give a folder", file=str(folder)) from None
    pictures: list[tuple[str, Callable[[], Axes]]] = [("similarity", partial(similarity_map, report.families))]
    if report.instance.n_products > 1:
        pictures.append(("dendrogram", partial(dendrogram, report.families)))
    place = {id: i for i, id in enumerate(report.instance.product)}
    for product in shown:
        start = f"{place[product.id] + 1}-{_plain(product.id)}"
        pictures.append((f"{start}-datum-flow", partial(datum_flow, product)))
        pictures.append((f"{start}-hybrid", partial(hybrid_layers, product)))
    files = []
    for name, draw in pictures:
        file = folder / f"{_plain(report.instance.name)}-{name}.png"
        ax = draw()
        save_axes(ax, file)
        plt.close(ax.get_figure(root=True))
        files.append(str(file))
    return files


def _plain(name: str) -> str:
    """Return a name as part of a file name.

    >>> _plain("manual, with lock")
    'manual-with-lock'
    """
    return re.sub(r"[^\w.]+", "-", name).strip("-.")[:60]


def similarity(instance: ArchitectureInstance, ax: Axes | None = None) -> Axes:
    """Draw the similarity of every two products."""
    return similarity_map(families(instance), ax)


def tree(instance: ArchitectureInstance, ax: Axes | None = None) -> Axes:
    """Draw the dendrogram of the products.

    Raises
    ------
    InputError
        There is one product.
    """
    if len(instance.products) < 2:
        raise InputError("has one product", "choose datum-flow or hybrid", place="picture")
    return dendrogram(families(instance), ax)


def first_datum_flow(instance: ArchitectureInstance, ax: Axes | None = None) -> Axes:
    """Draw the datum flow chain of the first product."""
    return datum_flow(instance.products[0], ax)


def first_hybrid(instance: ArchitectureInstance, ax: Axes | None = None) -> Axes:
    """Draw functions and components of the first product."""
    return hybrid_layers(instance.products[0], ax)
