"""The bridge from architecture to stock: a module that is held must be assembled, so its components must be joined.

Here alone the two meet. What comes out is a stock-composition instance whose ``liaisons`` every method and the
checker read. Its optimum less that of the instance without them is the price of the assembly constraint.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import networkx as nx

from atoopt.architecture.connected import MOST_MODULES
from atoopt.architecture.instance import ArchitectureInstance
from atoopt.architecture.subassemblies import functional_subassemblies
from atoopt.base.errors import InputError
from atoopt.sets.bitsets import positions_of
from atoopt.sets.connected import connected_sets, n_connected_sets, pieces
from atoopt.stock.candidates import MAX_SUBSETS, maximal
from atoopt.stock.instance import StockInstance

LISTED = 1_000
"""Up to so many modules are listed unless asked otherwise: a list that can be read, and is solved as fast as priced."""


@dataclass(frozen=True)
class Joined:
    """A stock-composition instance under the assembly constraint.

    Attributes
    ----------
    instance : StockInstance
        With ``liaisons``, and with ``candidate_modules`` where they are listed.
    n_modules : int or None
        Modules of several components that may be held and fit in a product; None above `MOST_MODULES`.
    left_out : tuple of str
        Components of the graph that the instance does not have: what only they join is not joined.
    """

    instance: StockInstance
    n_modules: int | None
    left_out: tuple[str, ...]

    @property
    def listed(self) -> bool:
        """Whether the modules stand in the instance one by one."""
        return self.instance.candidate_modules is not None


def with_liaisons(
    instance: StockInstance,
    graph: nx.Graph,
    groups: Iterable[Iterable[str]] | None = None,
    *,
    listing: bool | None = None,
) -> Joined:
    """Return the instance with the assembly constraint: modules connected in a liaison graph only.

    Parameters
    ----------
    instance : StockInstance
        Liaisons that it has are replaced; modules that it lists stay, where they are connected.
    graph : networkx.Graph
        A node for each component, by its name; such as `atoopt.architecture.liaison_graph`. Directions, parallel
        edges and loops say nothing more: a liaison is a pair.
    groups : iterable of iterables of str, optional
        Modules inside one of these only, such as `subassembly_groups`.
    listing : bool, optional
        Whether to list the modules as ``candidate_modules``; by default, up to `LISTED`. The constraint is the
        same with the list and without, unless groups overlap: then only a list can state it.

    Returns
    -------
    Joined

    Raises
    ------
    InputError
        Components are not in the graph, or the modules must be listed and are too many.

    Examples
    --------
    The price of the assembly constraint, where five components hang on a string:

    >>> import atoopt
    >>> import networkx as nx
    >>> free = atoopt.load("instances/stock/uniform-5.json")
    >>> joined = with_liaisons(free, nx.path_graph(free.components))
    >>> joined.n_modules, joined.instance.liaisons[0]
    (10, ('a', 'b'))
    >>> results = [atoopt.solve(instance) for instance in (free, joined.instance)]
    >>> [round(result.objective, 4) for result in results]
    [38.0968, 39.8194]
    """
    _check_known(instance, graph)
    inside = None if groups is None else _masks(instance, groups)
    tied = instance.replace(liaisons=_pairs(instance, graph, inside))
    around = maximal(_around(instance, inside))
    if instance.candidate_masks is None:
        needed = inside is not None and not _follows(tied, inside)
        n_modules, masks = _modules(tied, around, listing, needed)
    else:
        masks = [mask for mask in tied.candidate_masks or () if any(mask & ~whole == 0 for whole in around)]
        n_modules = len(masks)
    if masks is not None:
        masks.sort(key=lambda mask: (mask.bit_count(), positions_of(mask)))
        tied = tied.replace(candidate_modules=tuple(map(tied.names, masks)))
    known = set(instance.components)
    return Joined(tied, n_modules, tuple(str(node) for node in graph if node not in known))


def subassembly_groups(architecture: ArchitectureInstance) -> list[frozenset[str]]:
    """Return the components of each functional subassembly of any product, by name, each set once.

    >>> import atoopt
    >>> groups = subassembly_groups(atoopt.load("instances/architecture/nail-clippers.json"))
    >>> sorted(groups[0])
    ['lower jaw', 'upper jaw']
    """
    groups = dict.fromkeys(
        frozenset(product.component[part].name for part in subassembly.components)
        for product in architecture.products
        for subassembly in functional_subassemblies(product)
    )
    return list(groups)


def _check_known(instance: StockInstance, graph: nx.Graph) -> None:
    """Raise unless the graph has every component: one without a node would silently never be assembled."""
    absent = [f'"{name}"' for name in instance.components if name not in graph]
    if absent:
        names = ", ".join(absent[:5]) + (f" and {len(absent) - 5} more" if len(absent) > 5 else "")
        problem = f"{names} {'is' if len(absent) == 1 else 'are'} not in the liaison graph"
        raise InputError(problem, "add to the architecture, or correct the names (stock_name)", place="components")


def _masks(instance: StockInstance, groups: Iterable[Iterable[str]]) -> list[int]:
    known = set(instance.components)
    return [instance.mask(known.intersection(group)) for group in groups]


def _pairs(instance: StockInstance, graph: nx.Graph, inside: Sequence[int] | None) -> tuple[tuple[str, str], ...]:
    """Return the liaisons between components of the instance, those inside one group only, in their order."""
    place = {name: i for i, name in enumerate(instance.components)}
    ends = {tuple(sorted((place[a], place[b]))) for a, b in graph.edges() if a in place and b in place and a != b}
    return tuple(
        (instance.components[i], instance.components[j])
        for i, j in sorted(ends)
        if inside is None or any(group >> i & group >> j & 1 for group in inside)
    )


def _around(instance: StockInstance, inside: Sequence[int] | None) -> Iterable[int]:
    """Return the sets that a module must fit in: products, or their parts in a group."""
    if inside is None:
        return instance.product_masks
    return {product & group for product in instance.product_masks for group in inside} or {0}


def _follows(tied: StockInstance, inside: Sequence[int]) -> bool:
    """Return whether liaisons inside groups keep every module in one: what they connect lies in one group."""
    parts = pieces((1 << tied.n_components) - 1, tied.neighbors or ())
    return all(not part & (part - 1) or any(part & ~group == 0 for group in inside) for part in parts)


def _modules(
    tied: StockInstance, around: Sequence[int], listing: bool | None, needed: bool
) -> tuple[int | None, list[int] | None]:
    """Return the number of modules, and the modules themselves if they are to be listed.

    Raises
    ------
    InputError
        They cannot be told as they are to be.
    """
    neighbors = tied.neighbors or ()
    count = n_connected_sets(neighbors, around, most=MOST_MODULES + 1)
    if needed and listing is False:
        problem = "is not possible where functional subassemblies overlap: only a list says which modules are in one"
        raise InputError(problem, "leave it out", place="no_list")
    listing = needed or count <= LISTED if listing is None else listing
    if listing and count > MAX_SUBSETS:
        remedy = "allow modules across subassemblies" if needed else "leave them unlisted: the liaisons are enough"
        raise InputError(f"over {MAX_SUBSETS:,} modules are too many to list", remedy, place="candidate_modules")
    masks = connected_sets(neighbors, around, most=count) if listing else None
    return (count if count <= MOST_MODULES else None), masks
