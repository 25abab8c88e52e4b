"""Products from short tables."""

from __future__ import annotations

from collections.abc import Iterable

from atoopt.architecture.data.product import Component, Flow, Joint, Product

Mate = tuple[str, str, str, str, str]
"""Locating and located component, technology, directions, key characteristics (both separated by blanks, or commas)."""

Contact = tuple[str, str, str]
"""Two components and the technology."""


def assembled(
    id: str,
    components: dict[str, tuple[str, str]],
    mates: Iterable[Mate],
    contacts: Iterable[Contact] = (),
    flows: Iterable[tuple[str, str, str, str]] = (),
    *,
    family: str | None = None,
    stock_names: dict[str, str] | None = None,
) -> Product:
    """Return a product from short tables; its functions are those of its components, and only flows among them count.

    Parameters
    ----------
    id : str
    components : dict
        Id -> type and functions, these separated by commas.
    mates, contacts : iterable
        Those of components that the product does not have are left out.
    flows : iterable of tuple
        Source, target, kind and name.
    family : str, optional
    stock_names : dict, optional
        Id -> stock name.
    """
    named = stock_names or {}
    parts = tuple(
        Component(id=name, type=kind, functions=_split(functions), stock_name=named.get(name))  # type: ignore[arg-type]
        for name, (kind, functions) in components.items()
    )
    functions = tuple(dict.fromkeys(function for part in parts for function in part.functions))
    joints = [
        Joint(
            locates=one, located=other, kind="mate", technology=technology,
            directions=tuple(directions.split()), key_characteristics=_split(keys),  # type: ignore[arg-type]
        )
        for one, other, technology, directions, keys in mates
    ]  # fmt: skip
    joints += [Joint(locates=one, located=other, kind="contact", technology=how) for one, other, how in contacts]
    return Product(
        id=id, family=family, components=parts, functions=functions,
        joints=tuple(joint for joint in joints if set(joint.ends) <= set(components)),
        flows=tuple(
            Flow(source=source, target=target, kind=kind, name=name)  # type: ignore[arg-type]
            for source, target, kind, name in flows
            if {source, target} <= set(functions)
        ),
    )  # fmt: skip


def _split(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (word.strip() for word in text.split(","))))
