"""The paper's module-frequency and module-size heuristics, for all N and several penalties at once.

Both hold nested stocks: the stock of N + 1 modules is that of N and one module more. So each heuristic is a
sequence of modules, and a stock is tried after each of them. The sequence ends where the stock's own cost,
assembly time left out, exceeds the best stock found: from there on it can only get dearer.

*Inferred*, for the paper does not say: of modules with equal frequency the larger one is taken, for it saves
more (then the first in the order of the components); and where there are too many sets of components to list,
`pool` says which are looked at. A pair is at least as frequent as any larger set that contains it, so pairs
and, by the tie rule, intersections of products are what the printed rule would take first anyway.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from atoopt.base.errors import InputError
from atoopt.kernels.declare import kernel
from atoopt.sets.bitsets import to_words
from atoopt.sets.connected import connected_sets
from atoopt.solvers.result import Claim
from atoopt.solvers.run import Run
from atoopt.stock.candidates import all_subsets, closed_sets, frequencies, given, maximal, n_subsets
from atoopt.stock.evaluation import evaluate_masks
from atoopt.stock.heuristics.growing import GrowingStock
from atoopt.stock.instance import StockInstance
from atoopt.stock.ready import ready

PENALTIES = (0.05, 0.2, 0.5, 0.8, 1.0)
"""The penalty coefficients that `solve_by_frequency` tries."""

POOL_LIMIT = 20_000  # sets of components that one frequency sequence looks at, step by step
WORK = 10_000_000  # sets compared in one sequence, some tenths of a second; small instances stay far below


@dataclass(frozen=True)
class Trial:
    """The cheapest feasible stock of a sequence.

    Attributes
    ----------
    cost : float
        Never below the true cost unless assembly saves money (see `GrowingStock`).
    masks : list of int
        Its modules of several components, as bits.
    label : str
        Which sequence.
    penalty : float or None
    """

    cost: float
    masks: list[int]
    label: str
    penalty: float | None = None


def solve_by_frequency(instance: StockInstance, run: Run) -> Claim:
    """Return the cheapest feasible stock of the module-frequency heuristic over all N and `PENALTIES`.

    Examples
    --------
    >>> import atoopt
    >>> result = atoopt.solve(atoopt.load("instances/stock/uniform-5.json"), "module-frequency")
    >>> result.status, result.solution.feasible
    ('feasible', True)
    """
    ready(instance, run, ["packing"])
    return _claim(instance, _by_frequency(instance, run))


def solve_by_size(instance: StockInstance, run: Run) -> Claim:
    """Return the cheapest feasible stock of the module-size heuristic over all N."""
    ready(instance, run, ["packing"])
    return _claim(instance, _by_size(instance, run))


def heuristic_stocks(instance: StockInstance, run: Run) -> list[tuple[float, list[int]]]:
    """Return feasible stocks, (cost, masks), the cheapest first; empty where none was found.

    A start for other methods: the best stock of each sequence of both heuristics, and (*inferred*) of whole
    products, which is far better where a few products make most of the demand. The cost may overstate the
    true one a little.

    Examples
    --------
    >>> import atoopt
    >>> from atoopt.solvers.run import Run
    >>> from atoopt.stock.heuristics.construct import heuristic_stocks
    >>> cost, masks = heuristic_stocks(atoopt.load("instances/stock/uniform-5.json"), Run())[0]
    >>> len(masks) > 4
    True
    """
    search = _Search([])
    _follow(instance, whole_products(instance), run, search, "whole products")
    trials = search.trials + _by_frequency(instance, run).trials
    best = min((trial.cost for trial in trials), default=math.inf)
    trials += _by_size(instance, run, best).trials
    stocks = {tuple(sorted(trial.masks)): trial.cost for trial in trials}
    if not stocks:  # stopped at once, or only the fastest stock will do
        fastest = evaluate_masks(instance, fastest_stock(instance))
        stocks = {fastest.masks: fastest.cost} if fastest.feasible else {}
    return sorted(((cost, list(masks)) for masks, cost in stocks.items()), key=lambda stock: stock[0])


def fastest_stock(instance: StockInstance) -> tuple[int, ...]:
    """Return every product whole (or its parts that hang together), or every candidate listed: no stock is faster."""
    if instance.candidate_masks is not None:
        return given(instance).masks
    return tuple({piece for product in instance.product_masks for piece in instance.pieces(product)})


def module_frequency(instance: StockInstance, penalty: float, modules: Iterable[int] | None = None) -> Iterator[int]:
    """Yield the modules to add for N = q + 1, q + 2, ...: each time the unheld M* of largest f.

    f(M) starts as the share of the demand whose product contains M. When M* is taken, f(M) is multiplied by
    penalty^|M intersect M*| for every other M.

    Parameters
    ----------
    instance : StockInstance
    penalty : float
        The coefficient pc, above 0 and at most 1.
    modules : iterable of int, optional
        The modules to choose from, as bits; by default `pool`.

    Raises
    ------
    InputError
        The penalty is out of its range.

    Examples
    --------
    The paper's example, four components: first ab, then cd, which shares nothing with it.

    >>> from itertools import combinations, islice
    >>> from atoopt.stock import Costs, Product, StockInstance
    >>> sets = [c for size in range(1, 5) for c in combinations("abcd", size)]
    >>> instance = StockInstance(
    ...     name="four", components=tuple("abcd"), max_mean_assembly_time=None,
    ...     products=tuple(Product(components=c, demand=1) for c in sets),
    ...     costs=Costs(preassembly=1, fixed_transport=2, variable_transport=0.4, final_assembly=10))
    >>> [instance.names(mask) for mask in islice(module_frequency(instance, 0.05), 2)]
    [('a', 'b'), ('c', 'd')]
    """
    if not 0 < penalty <= 1:
        raise InputError(f"is {penalty:g}", "give a coefficient above 0 and at most 1", place="penalty")
    masks = pool(instance) if modules is None else list(modules)
    masks.sort(key=lambda mask: (-mask.bit_count(), _rank(mask, instance.n_components)))
    words = to_words(masks, instance.n_components)
    frequency = frequencies(instance, masks)
    # Logarithms: products of many penalties would underflow, and all be equal.
    weight = np.log(frequency, out=np.full(len(masks), -np.inf), where=frequency > 0)
    for _ in range(int((frequency > 0).sum())):
        yield masks[_take(weight, words, math.log(penalty))]


def module_size(instance: StockInstance, modules: Iterable[int] | None = None) -> Iterator[int]:
    """Yield the modules to add for N = q + 1, q + 2, ...: smaller ones first, then the more frequent.

    So a stock of N modules has all those of size <= s, and the most frequent of size s + 1. Without a list, it
    ends before a size of which there are more than 10 x `POOL_LIMIT` sets (*inferred*).
    """
    if modules is not None or instance.candidate_masks is not None:
        masks = list(given(instance).masks if modules is None else modules)
        sizes = sorted({mask.bit_count() for mask in masks})
        for size in sizes:
            yield from _by_demand(instance, [mask for mask in masks if mask.bit_count() == size])
        return
    products = maximal(instance.product_masks)
    for size in range(2, int(instance.product_sizes.max()) + 1):
        found = _of_size(instance, products, size)
        if found is None:
            return
        yield from _by_demand(instance, found)


def _of_size(instance: StockInstance, products: list[int], size: int) -> Iterable[int] | None:
    """Return the sets of this size that fit in a product and liaisons allow; None where they are too many."""
    most = 10 * POOL_LIMIT
    if instance.neighbors is not None:
        connected = connected_sets(instance.neighbors, products, sizes=(size, size), most=most + 1)
        return connected if len(connected) <= most else None
    if sum(math.comb(product.bit_count(), size) for product in products) > most and size > 2:
        return None
    found: set[int] = set()
    for product in products:
        bits = [1 << i for i in range(product.bit_length()) if product >> i & 1]
        found.update(sum(chosen) for chosen in combinations(bits, size))
    return found


def whole_products(instance: StockInstance) -> Iterator[int]:
    """Yield whole products, or their connected parts, those first that save the most time over their demand.

    *Inferred*: the paper knows no such start.
    """
    saves = instance.shares * (instance.product_sizes - 1)
    parts = (
        part
        for k in np.argsort(-np.round(saves, 12), kind="stable").tolist()
        for part in instance.pieces(instance.product_masks[k])
    )
    yield from dict.fromkeys(part for part in parts if part & (part - 1) and instance.allows(part))


def pool(instance: StockInstance) -> list[int]:
    """Return the modules that the frequency heuristic looks at.

    All that the instance lists; or every set of components of a product, where these are few. Otherwise
    (*inferred*) the pairs, the triples where all are few, and the intersections of products.
    """
    if instance.candidate_masks is not None:
        return list(given(instance).masks)
    if n_subsets(instance) <= POOL_LIMIT:
        return list(all_subsets(instance).masks)
    sizes = (2, 3) if math.comb(instance.n_components, 3) <= POOL_LIMIT else (2,)
    bits = [1 << i for i in range(instance.n_components)]
    small = [mask for size in sizes for mask in map(sum, combinations(bits, size)) if instance.allows(mask)]
    demanded = [mask for mask, f in zip(small, frequencies(instance, small).tolist(), strict=True) if f > 0]
    return list({*demanded, *closed_sets(instance, POOL_LIMIT // 4).masks})


@dataclass
class _Search:
    """What the sequences of a heuristic have found."""

    trials: list[Trial]
    tried: int = 0

    @property
    def best(self) -> Trial | None:
        return min(self.trials, key=lambda trial: trial.cost, default=None)


def _by_frequency(instance: StockInstance, run: Run) -> _Search:
    modules = pool(instance)
    search = _Search([])
    for penalty in PENALTIES:
        sequence = module_frequency(instance, penalty, modules)
        _follow(instance, sequence, run, search, "module-frequency", penalty, step=len(modules))
    return _completed(instance, run, search)


def _by_size(instance: StockInstance, run: Run, best: float = math.inf) -> _Search:
    search = _Search([])
    _follow(instance, module_size(instance), run, search, "module-size", best=best)
    return _completed(instance, run, search) if math.isinf(best) else search


def _completed(instance: StockInstance, run: Run, search: _Search) -> _Search:
    """Try whole products where the printed heuristic met the limits with no stock (*inferred*)."""
    if not search.trials:
        _follow(instance, whole_products(instance), run, search, "whole products", work=math.inf)
    return search


def _follow(
    instance: StockInstance, sequence: Iterator[int], run: Run, search: _Search, label: str,
    penalty: float | None = None, *, best: float = math.inf, work: float = WORK, step: int = 0,
) -> None:  # fmt: skip
    """Try each stock of a sequence, and keep the cheapest feasible one.

    The sequence compares `step` sets for each module; it is left when `work` is done.
    """
    growing = GrowingStock(instance, step)
    own_best: Trial | None = None
    known = min([best, *(trial.cost for trial in search.trials)])
    while True:
        search.tried += 1
        if growing.cost < (own_best.cost if own_best else math.inf) and growing.feasible:
            own_best = Trial(growing.cost, growing.masks.copy(), label, penalty)
            known = min(known, own_best.cost)
            run.report(own_best.cost, note=f"{label}, {instance.n_components + len(growing.masks)} modules")
        if growing.least_from_here > known or growing.full or growing.work > work or run.stopped:
            break
        module = next(sequence, None)
        if module is None:
            break
        growing.add(module)
    if own_best is not None:
        search.trials.append(own_best)


def _claim(instance: StockInstance, search: _Search) -> Claim:
    best = search.best
    details: dict[str, Any] = {"stocks_tried": search.tried}
    if best is None:
        return Claim(message="no stock tried meets all limits; that proves nothing", details=details)
    details |= {
        "n_modules": instance.n_components + len(best.masks), "sequence": best.label, "penalty": best.penalty,
    }  # fmt: skip
    return Claim(best.masks, details=details)


def _by_demand(instance: StockInstance, masks: Iterable[int]) -> list[int]:
    """Return modules in demand, the most frequent first, then by the order of their components."""
    ordered = sorted(masks, key=lambda mask: _rank(mask, instance.n_components))
    frequency = frequencies(instance, ordered)
    # Sums of the same shares in another order may differ in the last digit.
    ranked = np.argsort(-np.round(frequency, 12), kind="stable")
    return [ordered[j] for j in ranked.tolist() if frequency[j] > 0]


def _rank(mask: int, n_components: int) -> int:
    """Return a number that orders sets of one size by their components: ab, ac, ad, bc, ..."""
    return -int(f"{mask:0{n_components}b}"[::-1], 2)


@kernel("packing")
def _take(weight, words, log_penalty):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return the first module of greatest weight, take it out, and lower those that share components with it.

    A later one must exceed it by more than rounding, so that the order of the modules breaks ties.
    """
    best = 0
    for m in range(weight.size):
        if weight[m] > weight[best] + 1e-9:
            best = m
    for m in range(weight.size):
        common = 0
        for w in range(words.shape[1]):
            both = words[m, w] & words[best, w]
            while both:
                both &= both - np.uint64(1)
                common += 1
        weight[m] += common * log_penalty
    weight[best] = -np.inf
    return best
