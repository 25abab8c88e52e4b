"""Seeded generators of product families: copies of a template with noise, and templates drawn at random.

The same arguments give the same instance. Ids say nothing about families (similarity does not look at them);
`Product.family` keeps the template that a product was made from.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from atoopt.architecture.data.product import Component, Flow, Joint, Product
from atoopt.architecture.instance import ArchitectureInstance
from atoopt.base.errors import InputError

TECHNOLOGIES = (
    "screw", "rivet", "snap fit", "press fit", "spot weld", "laser weld", "glue", "solder", "crimp", "clip",
    "bayonet", "hinge",
)  # fmt: skip
TYPES, KINDS = ("mechanical", "electrical", "electronic"), ("energy", "material", "signal")


def noisy_copy(
    product: Product, id: str, noise: float, rng: np.random.Generator, technologies: Sequence[str]
) -> Product:
    """Return a variant of a product, each of its elements changed with probability `noise`.

    A joint gets another technology; a component loses one of its functions; a component that one mate alone holds
    is left out. What is left is a valid product of at least two components.

    Parameters
    ----------
    product : Product
    id : str
    noise : float
        0 for a true copy, up to 1.
    rng : numpy Generator
    technologies : sequence of str
        What a changed joint is joined by.
    """
    joints = [_rejoined(joint, technologies, rng) if rng.random() < noise else joint for joint in product.joints]
    components = [_poorer(component, rng) if rng.random() < noise else component for component in product.components]
    for component in product.components:
        n_mates = sum(joint.kind == "mate" and component.id in joint.ends for joint in joints)
        if rng.random() < noise and n_mates == 1 and component.id != product.root and len(components) > 2:
            components = [other for other in components if other.id != component.id]
            joints = [joint for joint in joints if component.id not in joint.ends]
    realized = {function for component in components for function in component.functions}
    return Product(
        id=id, family=product.family, components=tuple(components), joints=tuple(joints),
        functions=tuple(function for function in product.functions if function in realized),
        flows=tuple(flow for flow in product.flows if {flow.source, flow.target} <= realized),
    )  # fmt: skip


def _rejoined(joint: Joint, technologies: Sequence[str], rng: np.random.Generator) -> Joint:
    others = [technology for technology in technologies if technology != joint.technology]
    return joint.model_copy(update={"technology": _any(others, rng)}) if others else joint


def _poorer(component: Component, rng: np.random.Generator) -> Component:
    if not component.functions:
        return component
    lost = int(rng.integers(len(component.functions)))
    return component.model_copy(update={"functions": component.functions[:lost] + component.functions[lost + 1 :]})


def noisy_families(
    templates: Sequence[Product],
    products_per_family: int,
    seed: int = 0,
    *,
    noise: float = 0.1,
    name: str = "noisy families",
    technologies: Sequence[str] | None = None,
) -> ArchitectureInstance:
    """Return products made from templates, a family from each, one after the other.

    Parameters
    ----------
    templates : sequence of Product
        Their ids name the products: a template "clipper" gives "clipper 1", "clipper 2", ...
    products_per_family : int
    seed : int
    noise : float
        See `noisy_copy`.
    name : str
    technologies : sequence of str, optional
        By default those of all templates.

    Examples
    --------
    >>> from atoopt.architecture.data.illustrations.clippers import nail_clipper
    >>> [product.id for product in noisy_families([nail_clipper("clipper")], 2).products]
    ['clipper 1', 'clipper 2']
    """
    if products_per_family < 1:
        raise InputError(f"is {products_per_family}", "give at least 1", place="products_per_family")
    if not 0 <= noise <= 1:
        raise InputError(f"is {noise:g}", "give a share from 0 to 1", place="noise")
    rng = np.random.default_rng(seed)
    used = [joint.technology for template in templates for joint in template.joints]
    words = list(dict.fromkeys(used if technologies is None else technologies))
    products = [
        noisy_copy(template, f"{template.id} {i + 1}", noise, rng, words)
        for template in templates
        for i in range(products_per_family)
    ]
    return ArchitectureInstance(name=name, products=tuple(products))


def random_families(
    n_families: int = 6,
    products_per_family: int = 10,
    seed: int = 0,
    *,
    noise: float = 0.1,
    n_components: int = 12,
    n_functions: int = 20,
    name: str | None = None,
) -> ArchitectureInstance:
    """Return families of products made from random templates.

    Parameters
    ----------
    n_families, products_per_family : int
    seed : int
    noise : float
        See `noisy_copy`.
    n_components : int
        Of each template, at least 2.
    n_functions : int
        The words that all templates draw ten from: the fewer, the more alike the families.
    name : str, optional

    Examples
    --------
    >>> instance = random_families(2, 3, seed=1)
    >>> instance.n_products, len({product.family for product in instance.products})
    (6, 2)
    """
    if n_families < 1:
        raise InputError(f"is {n_families}", "give at least 1", place="n_families")
    if n_components < 2:
        raise InputError(f"is {n_components}", "give at least 2", place="n_components")
    if n_functions < 1:
        raise InputError(f"is {n_functions}", "give at least 1", place="n_functions")
    rng = np.random.default_rng((seed, 1))  # the copies draw from another stream
    templates = [random_product(f"family {k + 1}", n_components, n_functions, rng) for k in range(n_families)]
    return noisy_families(
        templates, products_per_family, seed, noise=noise, technologies=TECHNOLOGIES,
        name=name or f"families-{n_families}x{products_per_family}",
    )  # fmt: skip


def random_product(id: str, n_components: int, n_functions: int, rng: np.random.Generator) -> Product:
    """Return a random product: a tree of mates, some contacts, chains that lead from a component up its tree.

    Parameters
    ----------
    id : str
        Also its family.
    n_components, n_functions : int
    rng : numpy Generator
    """
    names = [f"part {i + 1}" for i in range(n_components)]
    functions = [
        f"function {i + 1}" for i in sorted(rng.choice(n_functions, min(n_functions, n_components, 10), replace=False))
    ]
    parent = [0] + [int(rng.integers(i)) for i in range(1, n_components)]
    keys = _keys(parent, rng)
    joints = [
        Joint(
            locates=names[parent[i]], located=names[i], kind="mate", technology=_any(TECHNOLOGIES, rng),
            key_characteristics=keys[i],
        )
        for i in range(1, n_components)
    ]  # fmt: skip
    joints += _contacts(names, parent, rng)
    tags = [(functions[i % len(functions)], _any(functions, rng)) for i in range(n_components)]
    flows = [
        Flow(source=_any(functions, rng), target=target, kind=_any(KINDS, rng))  # type: ignore[arg-type]
        for target in functions[1:]
    ]
    return Product(
        id=id, family=id, joints=tuple(joints), functions=tuple(functions),
        components=tuple(
            Component(id=name, type=_any(TYPES, rng), functions=tuple(dict.fromkeys(tag)))  # type: ignore[arg-type]
            for name, tag in zip(names, tags, strict=True)
        ),
        flows=tuple(flow for flow in flows if flow.source != flow.target),
    )  # fmt: skip


def _keys(parent: list[int], rng: np.random.Generator) -> list[tuple[str, ...]]:
    """Return the key characteristics of the mate above each component: each leads up to three steps up the tree."""
    keys: list[list[str]] = [[] for _ in parent]
    for key in range(max(1, len(parent) // 3)):
        i = int(rng.integers(1, len(parent)))
        for _ in range(3):
            if i:
                keys[i].append(f"key {key + 1}")
            i = parent[i]
    return [tuple(each) for each in keys]


def _contacts(names: list[str], parent: list[int], rng: np.random.Generator) -> list[Joint]:
    """Return up to a contact for every four components, where no mate is."""
    found: dict[tuple[int, int], Joint] = {}
    for _ in range(len(names) // 4):
        one, other = sorted(int(i) for i in rng.choice(len(names), 2, replace=False))
        if parent[other] != one:
            technology = _any(TECHNOLOGIES, rng)
            found[one, other] = Joint(locates=names[one], located=names[other], kind="contact", technology=technology)
    return list(found.values())


def _any(texts: Sequence[str], rng: np.random.Generator) -> str:
    return texts[int(rng.integers(len(texts)))]
