"""A kick: one module cut anew, whatever that costs, for a quick cooling to make good, or better."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from atoopt.stock.instance import StockInstance

TRIES = 50
"""Cuts that are drawn before the stock is left as it is."""


def kicked(instance: StockInstance, stock: Sequence[int], random: Random) -> list[int]:
    """Cut a module by a product or by another module, and hold one of the parts or both in its place.

    What leads from one set of large modules to a better one is often such a cut, and at every temperature at which
    the rest of the stock is any good it is refused. Modules are drawn by their components, products by their demand.

    Parameters
    ----------
    instance : StockInstance
    stock : sequence of int
        Modules of two or more components, as bits.
    random : random.Random

    Returns
    -------
    list of int
        Ascending, without parts that may not be held; the stock itself where no cut was found that leaves a module.

    Examples
    --------
    >>> import atoopt
    >>> instance = atoopt.load("instances/stock/uniform-5.json")
    >>> [bin(mask) for mask in kicked(instance, [0b1111, 0b11], Random(1))]
    ['0b11', '0b1100']
    """
    sizes = [module.bit_count() for module in stock]
    for _ in range(TRIES if stock else 0):
        (module,) = random.choices(stock, sizes)
        if random.random() < 0.5:
            (by,) = random.choices(instance.product_masks, instance.shares.tolist())
        else:
            by = random.choice(stock)
        inner, outer = module & by, module & ~by
        parts = random.choice([(inner,), (outer,), (inner, outer)])
        after = {*stock, *(part for part in parts if part & (part - 1) and instance.allows(part))} - {module}
        if inner and outer and after:
            return sorted(after)
    return sorted(stock)
