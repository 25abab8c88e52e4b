"""A product architecture on one screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from atoopt.architecture.instance import ArchitectureInstance


def summary(instance: ArchitectureInstance) -> dict[str, str]:
    """Return label -> text."""
    products = instance.products
    joints = [joint for product in products for joint in product.joints]
    types = Counter(component.type for product in products for component in product.components)
    families = Counter(product.family for product in products if product.family is not None)
    functions = {function for product in products for function in product.functions}
    n_mates = sum(len(product.mates) for product in products)
    return {
        "instance": instance.name,
        "products": f"{len(products)}, of {_range(len(product.components) for product in products)} components",
        "components": ", ".join(f"{n} {kind}" for kind, n in types.items())
        + f"; {len(instance.component_names)} distinct names",
        "joints": f"{n_mates} mates, {len(joints) - n_mates} contacts, "
        f"in {len({joint.technology for joint in joints})} technologies",
        "key characteristics": f"{_range(len(product.key_characteristics) for product in products)} a product",
        "functions": f"{len(functions)} distinct, {_range(len(product.functions) for product in products)} a product, "
        f"{sum(len(product.flows) for product in products)} flows",
        "families today": ", ".join(f"{family} {n}" for family, n in families.items()) or "none given",
    }


def _range(values: Iterable[int]) -> str:
    values = list(values)
    return f"{min(values)}" if min(values) == max(values) else f"{min(values)} to {max(values)}"
