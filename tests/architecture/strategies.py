"""Random products, and the changes that similarity must not notice."""

from __future__ import annotations

import random
from typing import Any

import hypothesis.strategies as st

from atoopt.architecture import ArchitectureInstance, Component, Flow, Joint, Product

FUNCTIONS = ("hold", "cut", "move", "see")
TECHNOLOGIES = ("screw", "glue", "weld")


@st.composite
def products(draw: Any, id: str = "product", max_components: int = 7) -> Product:
    """Draw a valid product: mates from earlier to later components, chains that lead up, contacts anywhere else."""
    n = draw(st.integers(1, max_components))
    names = [f"c{i}" for i in range(n)]
    some = st.lists(st.sampled_from(FUNCTIONS), max_size=3, unique=True).map(tuple)
    components = tuple(
        Component(id=name, type=draw(st.sampled_from(("mechanical", "electrical", "electronic"))), functions=draw(some))
        for name in names
    )
    locating = [[]] + [draw(st.lists(st.integers(0, i - 1), min_size=1, max_size=2, unique=True)) for i in range(1, n)]
    keys = _keys(draw, locating)
    joints = [
        Joint(
            locates=names[j], located=names[i], kind="mate", technology=draw(st.sampled_from(TECHNOLOGIES)),
            key_characteristics=tuple(keys.get((j, i), ())),
        )
        for i in range(n) for j in locating[i]
    ]  # fmt: skip
    free = [(i, j) for i in range(n) for j in range(i) if j not in locating[i]]
    for i, j in draw(st.lists(st.sampled_from(free), max_size=3, unique=True)) if free else ():
        technology = draw(st.sampled_from(TECHNOLOGIES))
        joints.append(Joint(locates=names[i], located=names[j], kind="contact", technology=technology))
    used = {function for component in components for function in component.functions}
    functions = tuple(f for f in FUNCTIONS if f in used or draw(st.booleans()))
    pairs = [(a, b) for a in functions for b in functions if a != b]
    flows = tuple(
        Flow(source=a, target=b, kind=draw(st.sampled_from(("energy", "material", "signal"))))
        for a, b in (draw(st.lists(st.sampled_from(pairs), max_size=3, unique=True)) if pairs else ())
    )
    return Product(id=id, components=components, joints=tuple(joints), functions=functions, flows=flows)


def _keys(draw: Any, locating: list[list[int]]) -> dict[tuple[int, int], list[str]]:
    """Draw chains: walks from a component towards the root."""
    keys: dict[tuple[int, int], list[str]] = {}
    for k in range(draw(st.integers(0, 3)) if len(locating) > 1 else 0):
        i = draw(st.integers(1, len(locating) - 1))
        for _ in range(draw(st.integers(1, 3))):
            if locating[i]:
                j = draw(st.sampled_from(locating[i]))
                keys.setdefault((j, i), []).append(f"k{k}")
                i = j
    return keys


@st.composite
def instances(draw: Any, max_products: int = 4) -> ArchitectureInstance:
    """Draw an instance of several products."""
    n = draw(st.integers(1, max_products))
    return ArchitectureInstance(name="drawn", products=tuple(draw(products(id=f"p{i}")) for i in range(n)))


def renamed(product: Product, rng: random.Random) -> Product:
    """Return the same product with other ids of product, components and key characteristics, all lists shuffled."""
    ids = _new_names([component.id for component in product.components], rng)
    keys = _new_names(list(product.key_characteristics), rng)
    components = [component.model_copy(update={"id": ids[component.id]}) for component in product.components]
    joints = [
        joint.model_copy(
            update={
                "locates": ids[joint.locates],
                "located": ids[joint.located],
                "key_characteristics": tuple(keys[key] for key in joint.key_characteristics),
            }
        )
        for joint in product.joints
    ]
    functions, flows = list(product.functions), list(product.flows)
    for each in (components, joints, functions, flows):
        rng.shuffle(each)
    return product.replace(
        id=f"renamed {product.id}", components=tuple(components), joints=tuple(joints), functions=tuple(functions),
        flows=tuple(flows), family="another",
    )  # fmt: skip


def _new_names(names: list[str], rng: random.Random) -> dict[str, str]:
    others = [f"{letter}{i}" for i, letter in enumerate("zyxwvutsrqponmlkjihgfedcba" * 4)][: len(names)]
    rng.shuffle(others)
    return dict(zip(names, others, strict=True))
