"""The findings about product architectures as text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

import networkx as nx

from atoopt.architecture.data.product import Product
from atoopt.architecture.datum_flow import assembly_order, chains, repeated_directions
from atoopt.architecture.report import Report
from atoopt.architecture.sharing import Overlap
from atoopt.architecture.subassemblies import functional_subassemblies
from atoopt.cli.text.terminal import joined, table

MATRIX = 12
"""So many products have their similarities listed one by one."""

LINES = 20
"""Pairs of families listed at most, unless all are asked for."""


def report_lines(found: Report, shown: Sequence[Product], *, columns: int | None = None) -> list[str]:
    """Return the lines that tell a report.

    Parameters
    ----------
    found : Report
    shown : sequence of Product
        Those told one by one.
    columns : int, optional
        The width to keep to; by default, names are never cut.
    """
    sections = [_headline(found, shown), *(_product(product, columns) for product in shown)]
    sections += [_similarity(found), _families(found, columns), _sharing(found, columns)]
    lines = []
    for section in map(list, sections):
        if section:
            lines += [*section, ""]
    return lines[:-1]


def _headline(found: Report, shown: Sequence[Product]) -> Iterator[str]:
    n = found.instance.n_products
    told = "" if len(shown) == n else "; here a typical one of each family (--all tells every one)"
    yield f"{found.instance.name}: {_count(n, 'product')}{told}"


def _product(product: Product, columns: int | None) -> Iterator[str]:
    """Yield the datum flow chain of a product: root, order, chains and the subassemblies that they make."""
    n_contacts = len(product.joints) - len(product.mates)
    yield (
        f"{product.id}: {_count(len(product.components), 'component')}, {_count(len(product.mates), 'mate')}, "
        f"{_count(n_contacts, 'contact')}; "
        f"root datum {product.root}"
    )
    yield from _wrapped("  assembly order: ", ", ".join(assembly_order(product)), columns)
    of = chains(product)
    for each in functional_subassemblies(product):
        runs = "; ".join(_runs(of[each.key_characteristic]))
        yield from _wrapped(f"  {each.key_characteristic}: ", runs, columns)
        yield from _wrapped("    does ", str(each.type), columns)
    for component, directions in repeated_directions(product).items():
        yield f"  {component} is located more than once along {' '.join(directions)}"


def _runs(chain: nx.DiGraph) -> list[str]:
    """Return a chain as runs of arrows, each arc once."""
    runs: list[list[str]] = []
    for tail, head in nx.edge_dfs(chain, [c for c, degree in chain.in_degree() if degree == 0]):
        if runs and runs[-1][-1] == tail:
            runs[-1].append(head)
        else:
            runs.append([tail, head])
    return [" -> ".join(run) for run in runs]


def _similarity(found: Report) -> Iterator[str]:
    """Yield the similarity of all products where they are few, and its parts at the extremes."""
    total, products = found.families.table.total, found.instance.products
    n = len(products)
    if not 1 < n <= MATRIX:
        return
    rows = [
        [str(i + 1), product.id, *(f"{100 * total[i, j]:.0f}" for j in range(n))] for i, product in enumerate(products)
    ]
    yield from table(["", "similarity, %", *(str(j + 1) for j in range(n))], rows, left=1)
    pairs = [(float(total[i, j]), -i, -j) for i in range(n) for j in range(i)]
    for label, (_, i, j) in (("most alike", max(pairs)), ("least alike", min(pairs))):
        parts = [f"{name} {part[-i, -j]:.0%}" for name, part in zip(_PARTS, found.families.table.parts, strict=True)]
        yield f'{label}: "{products[-j].id}" and "{products[-i].id}", {total[-i, -j]:.0%} ({", ".join(parts)})'


_PARTS = "functions", "subassembly types", "joints"


def _families(found: Report, columns: int | None) -> Iterator[str]:
    """Yield the families, and how alike they are within and between."""
    families, alike = found.families, found.family_similarity()
    low, high = families.heights
    yield f"{families.in_words()} (chosen by {families.chosen_by}; cut at distances {low:.2f} to {high:.2f})"
    for k, members in enumerate(families.members):
        within = "" if len(members) == 1 else f", {alike[k, k]:.0%} alike"
        start = f"  {k + 1}: {_count(len(members), 'product')}{within}: "
        yield start + joined(members, ", ", None if columns is None else max(20, columns - len(start)))


def _sharing(found: Report, columns: int | None) -> Iterator[str]:
    """Yield what every two families would share on one line."""
    lines = sorted(found.sharing, key=lambda line: -(line.technologies.share or 0.0))
    told = lines if columns is None else lines[:LINES]
    if not told:
        return
    alike = found.family_similarity()
    rows = [
        [f"{line.first + 1} and {line.second + 1}", f"{alike[line.first, line.second]:.0%}",
         *(_share(overlap) for overlap in line.kinds().values()),
         joined(line.technologies.shared, ", ", None if columns is None else max(20, columns - 68)) or "none"]
        for line in told
    ]  # fmt: skip
    yield "shared on one line (of all that either family has)"
    header = ["families", "alike", "functions", "subassembly types", "technologies", "shared technologies"]
    widest = max(len(row[-1]) for row in rows)
    padded = [[*row[:-1], row[-1].ljust(widest)] for row in rows]
    yield from table([*header[:-1], header[-1].ljust(widest)], padded)
    if len(told) < len(lines):
        yield f"... and {len(lines) - len(told)} more pairs, which share less (--all lists them)"


def _share(overlap: Overlap) -> str:
    n = len(overlap.shared) + len(overlap.first_only) + len(overlap.second_only)
    return f"{len(overlap.shared)} of {n}"


def _count(n: int, noun: str) -> str:
    """Return a number and its noun.

    >>> _count(1, "product"), _count(2, "product")
    ('1 product', '2 products')
    """
    return f"{n} {noun}{'' if n == 1 else 's'}"


def _wrapped(start: str, text: str, columns: int | None) -> list[str]:
    """Return a text in lines of this width, the later ones indented further."""
    if columns is None:
        return [start + text]
    deeper = " " * (len(start) - len(start.lstrip()) + 4)
    return textwrap.wrap(
        start + text, max(30, columns), subsequent_indent=deeper, break_long_words=False, break_on_hyphens=False,
        drop_whitespace=True,
    )  # fmt: skip
