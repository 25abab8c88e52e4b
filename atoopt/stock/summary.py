"""A stock instance on one screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from atoopt.stock.instance import StockInstance


def summary(instance: StockInstance) -> dict[str, str]:
    """Return the size and the conditions of an instance, label to text.

    >>> import atoopt
    >>> summary(atoopt.load("instances/stock/uniform-5.json"))["candidates"]
    'every set of components'
    """
    sizes, limit = instance.product_sizes, instance.max_mean_assembly_time
    ratio, c = instance.delivery_ratio, instance.costs
    return {
        "instance": instance.name,
        "components": f"{instance.n_components}",
        "products": f"{instance.n_products}, of {sizes.min()} to {sizes.max()} components, "
        f"{float(instance.shares @ sizes):.2f} on average over the demand",
        "demand": f"{instance.concentration():.0%} of the products make 90 % of the sales",
        "costs": f"pre-assembly {c.preassembly:g}, fixed transport {c.fixed_transport:g}, variable transport "
        f"{c.variable_transport:g}, final assembly {c.final_assembly:g}, by {instance.cost_basis}",
        "mean assembly time": "no limit" if limit is None else f"at most {limit:g}",
        "modules": "no limit" if instance.max_modules is None else f"at most {instance.max_modules}",
        "delivery ratio": "none" if ratio is None else f"{ratio.min_share:.1%} within {ratio.max_assembly_time:g}",
        "candidates": _candidates_text(instance),
    }


def _candidates_text(instance: StockInstance) -> str:
    """Return in words which modules may be held."""
    connected = "" if instance.liaisons is None else f", if connected by {len(instance.liaisons)} liaisons"
    if instance.candidate_modules is None:
        return f"every set of components{connected}"
    listed = sum(len(module) > 1 for module in instance.candidate_modules)
    return f"{listed} listed modules{connected}"
