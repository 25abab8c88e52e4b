"""Components that may be exchanged for one another: then many stocks are one stock in other words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from atoopt.sets.bitsets import mask_of, positions_of
from atoopt.stock.instance import StockInstance


def interchangeable(instance: StockInstance, fixed: Iterable[frozenset[int]] = ()) -> list[int]:
    """Return the classes of components that can be exchanged, as bits, those of several components only.

    Two components are interchangeable if exchanging them everywhere leaves every demand, the candidates, the
    liaisons, and each set of modules in `fixed` as they are. That is an equivalence: if a and b, and b and c
    are, so are a and c.

    Examples
    --------
    >>> import atoopt
    >>> interchangeable(atoopt.load("instances/stock/uniform-5.json"))
    [31]
    >>> interchangeable(atoopt.load("instances/stock/uniform-5.json"), [frozenset({0b00011})])
    [3, 28]
    """
    demand: dict[int, float] = defaultdict(float)
    for mask, product in zip(instance.product_masks, instance.products, strict=True):
        demand[mask] += product.demand
    families = [frozenset(family) for family in fixed]
    if instance.candidate_masks is not None:
        families.append(frozenset(instance.candidate_masks))
    if instance.neighbors is not None:
        joined = {1 << i | 1 << j for i, near in enumerate(instance.neighbors) for j in positions_of(near)}
        families.append(frozenset(joined))
    classes: list[list[int]] = []
    for component in range(instance.n_components):
        for members in classes:
            if _same(demand, families, members[0], component):
                members.append(component)
                break
        else:
            classes.append([component])
    return [mask_of(members) for members in classes if len(members) > 1]


def orbit(mask: int, modules: Iterable[int], classes: list[int]) -> list[int]:
    """Return the modules that exchanges within the classes can turn `mask` into, itself included.

    >>> orbit(0b00011, [0b00011, 0b00101, 0b10010], [0b00111])
    [3, 5]
    """
    free = 0
    for members in classes:
        free |= members
    counts = [(mask & members).bit_count() for members in classes]
    return [
        other for other in modules
        if (other ^ mask) & ~free == 0 and [(other & members).bit_count() for members in classes] == counts
    ]  # fmt: skip


def _same(demand: dict[int, float], families: list[frozenset[int]], a: int, b: int) -> bool:
    """Whether exchanging two components leaves demand and families as they are."""
    if any(demand.get(exchanged(mask, a, b)) != amount for mask, amount in demand.items()):
        return False
    return all(exchanged(mask, a, b) in family for family in families for mask in family)


def exchanged(mask: int, a: int, b: int) -> int:
    """Return the set with components a and b exchanged.

    >>> exchanged(0b011, 1, 2)
    5
    """
    return mask ^ (1 << a | 1 << b) if (mask >> a ^ mask >> b) & 1 else mask
