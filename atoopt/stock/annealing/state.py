"""The state of the search: a stock, and per product the modules that fit and those that build it.

Named tuples of arrays, for compiled code; each function takes the parts it needs, for every array passed
costs time. K products, q components, C slots, U the most modules that build a product; sets of components are
W words of 64 bits, sets of products V words. A module held has a *slot*, and slots are used again.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from numpy.typing import NDArray

Array = NDArray[Any]


class Data(NamedTuple):
    """The instance.

    Attributes
    ----------
    products : (K, W), size : (K,), share : (K,)
        P_k as bits, its components, p_k.
    with_component : (q, V)
        The products that contain a component.
    draw : (D,)
        Products of two or more components; those that need more operations stand in it more often.
    weight : (q + 1,)
        What holding a module of s components costs, by s.
    limits : (5,)
        Cost per operation; most mean operations, most modules (singles not counted), least share in time; the
        most operations of a product in time.
    listed : (L, W), listed_hash : (H,)
        Candidate modules, and an open hash table of rows of `listed` (-1: free); H = 1 where any set will do.
    neighbors : (q, W) or (0, W)
        Per component, those that a liaison joins to it: a new module is cut down to a part that hangs together.
        No rows where any set does.
    """

    products: Array
    size: Array
    share: Array
    with_component: Array
    draw: Array
    weight: Array
    limits: Array
    listed: Array
    listed_hash: Array
    neighbors: Array


class Held(NamedTuple):
    """The stock.

    Attributes
    ----------
    module : (C, W), size : (C,), fitting : (C, V), using : (C, V)
        Per slot: the module, its components, the products that contain it, and those built with it.
    active, place : (C,)
        The slots in use, ``total[0]`` of them, then the free ones; and where a slot stands in `active`.
    sums : (3,)
        Cost of the modules, mean operations, share of the demand in time.
    total : (2,)
        Modules held; changes listed in `Effect`.
    """

    module: Array
    size: Array
    fitting: Array
    using: Array
    active: Array
    place: Array
    sums: Array
    total: Array


class Built(NamedTuple):
    """How each product is built.

    Attributes
    ----------
    fits : (K, C), n_fits : (K,)
        The slots of the modules that it contains, the largest first.
    saved : (K,), used : (K, U), n_used : (K,)
        The operations saved, the most possible, and the slots of the modules that save them.
    loss : (K, U)
        The operations lost if the module leaves and nothing else changes, -1 where not known.
    largest : (K,)
        The size of the largest module that fits, 1 without any.
    lone : (K, W)
        The components that no fitting module covers.
    """

    fits: Array
    n_fits: Array
    saved: Array
    used: Array
    n_used: Array
    loss: Array
    largest: Array
    lone: Array


class Move(NamedTuple):
    """A proposal: ``out`` (2,), the slots to leave; ``new`` (4, W), the modules to enter and drafts; their
    ``size`` (2,), what all modules held save on them ``before`` (2,), and those that stay (``saved``, (2,)), ``slot``
    (2,) to be, products ``fitting`` (2, V)."""

    out: Array
    new: Array
    size: Array
    saved: Array
    before: Array
    slot: Array
    fitting: Array


class Effect(NamedTuple):
    """What the proposal changes: per change the ``product``, what it will have ``saved``, the modules ``used``
    (K, U; new module j as -1 - j) and ``n_used``; products ``touched`` (3, V), those that lose a module first, then
    those that only gain, then the settled ones; the most operations each can ``gain``, and its ``loss`` without
    the modules that leave (-1: not known)."""

    product: Array
    saved: Array
    used: Array
    n_used: Array
    touched: Array
    gain: Array
    loss: Array


class Search(NamedTuple):
    """Working space of `packing.pack`: the modules (``item``, ``mask``, ``size``), the ``rest`` of the product
    and the ``path`` by depth, the ``next_item`` to try there, the items ``chosen``."""

    item: Array
    mask: Array
    size: Array
    rest: Array
    path: Array
    next_item: Array
    chosen: Array


class Best(NamedTuple):
    """The cheapest feasible stock: ``module[:total[0]]``, and its ``cost`` (1,) less the constant part."""

    module: Array
    total: Array
    cost: Array


class State(NamedTuple):
    """All of it; ``random`` (2,) is the state of the generator."""

    data: Data
    held: Held
    built: Built
    move: Move
    effect: Effect
    search: Search
    best: Best
    random: Array
