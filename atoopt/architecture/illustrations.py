"""Products that we drew up ourselves, to illustrate: the papers name such products, but publish no data of them."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product as pairs

from atoopt.architecture.product import Component, Flow, Joint, Product

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


# ---- nail clippers --------------------------------------------------------------------------------

CLIPPER = {
    "lower jaw": ("mechanical", "hold nail, cut nail"),
    "upper jaw": ("mechanical", "cut nail, open jaws"),
    "pin": ("mechanical", "carry force"),
    "lever": ("mechanical", "amplify force"),
}
CLIPPER_OPTIONS = {
    "file": {"file": ("mechanical", "file nail")},
    "catcher": {"left shell": ("mechanical", "collect clippings"), "right shell": ("mechanical", "collect clippings")},
}
CLIPPER_MATES: list[Mate] = [
    ("lower jaw", "upper jaw", "spot weld", "x y z rx ry rz", "blade gap"),
    ("lower jaw", "pin", "insertion", "x y rx ry", "cutting stroke"),
    ("pin", "lever", "hook", "x y z", "cutting stroke"),
    ("upper jaw", "file", "rivet", "x y z rx ry", "file position"),
    ("lower jaw", "left shell", "snap fit", "x y z rx ry rz", "shell gap"),
    ("left shell", "right shell", "snap fit", "x y z rx ry rz", "shell gap"),
]
CLIPPER_CONTACTS: list[Contact] = [
    ("lever", "upper jaw", "sliding"),
    ("pin", "upper jaw", "sliding"),
    ("right shell", "lower jaw", "sliding"),
]
CLIPPER_FLOWS = [
    ("amplify force", "carry force", "energy", "hand force"),
    ("carry force", "cut nail", "energy", "closing force"),
    ("open jaws", "amplify force", "energy", "spring force"),
    ("hold nail", "cut nail", "material", "nail"),
    ("cut nail", "collect clippings", "material", "clippings"),
]


def nail_clipper(id: str, *options: str) -> Product:
    """Return a nail clipper with any of the options file and catcher.

    >>> [len(nail_clipper("clipper", *options).components) for options in ((), ("file",), ("file", "catcher"))]
    [4, 5, 7]
    """
    components = CLIPPER | {name: part for option in options for name, part in CLIPPER_OPTIONS[option].items()}
    return assembled(id, components, CLIPPER_MATES, CLIPPER_CONTACTS, CLIPPER_FLOWS, family="nail clipper")


# ---- laptops --------------------------------------------------------------------------------------

LAPTOP = {
    "keyboard": ("mechanical", "enter text, carry parts"),
    "processor": ("electronic", "compute"),
    "memory": ("electronic", "hold working data"),
    "disk": ("electronic", "keep data"),
    "screen": ("electronic", "show picture"),
    "battery": ("electrical", "store energy"),
}
LAPTOP_MATES: list[Mate] = [
    ("keyboard", "processor", "screw", "x y z rx ry rz", "port position"),
    ("keyboard", "battery", "screw", "x y z rx ry rz", "closing gap"),
    ("keyboard", "screen", "hinge", "x y z ry rz", "screen gap"),
    ("processor", "memory", "socket", "x y z rx ry rz", "bus contact"),
    ("processor", "disk", "socket", "x y z rx ry rz", "bus contact"),
]
LAPTOP_CONTACTS: list[Contact] = [("battery", "processor", "plug"), ("screen", "processor", "plug")]
LAPTOP_FLOWS = [
    ("store energy", "compute", "energy", "direct current"),
    ("store energy", "show picture", "energy", "direct current"),
    ("enter text", "compute", "signal", "keys"),
    ("compute", "hold working data", "signal", "data"),
    ("hold working data", "compute", "signal", "data"),
    ("compute", "keep data", "signal", "data"),
    ("keep data", "compute", "signal", "data"),
    ("compute", "show picture", "signal", "picture"),
]


def laptop(id: str, **variant: str) -> Product:
    """Return a laptop: the keyboard is the deck that all else is mounted on, the processor stands on its board.

    Parameters
    ----------
    id : str
    **variant : str
        Component -> variant, such as ``processor="8-core"``; both together are the component's stock name.
    """
    names = {component: f"{component} {value}" for component, value in variant.items()}
    return assembled(id, LAPTOP, LAPTOP_MATES, LAPTOP_CONTACTS, LAPTOP_FLOWS, family="laptop", stock_names=names)


def laptops() -> tuple[Product, ...]:
    """Return nine laptops in which every two variants meet wherever their components are joined.

    >>> len(laptops())
    9
    """
    cores, sizes, disks = ("4-core", "8-core", "12-core"), ("8 GB", "16 GB", "32 GB"), ("256 GB", "512 GB", "1 TB")
    screens, keyboards, batteries = ("13 inch", "15 inch"), ("US", "FR"), ("50 Wh", "75 Wh")
    return tuple(
        laptop(
            f"laptop {3 * i + j + 1}", keyboard=keyboards[j % 2], processor=cores[i], memory=sizes[j],
            disk=disks[(i + j) % 3], screen=screens[(i + j) % 2], battery=batteries[(i + j + j // 2) % 2],
        )
        for i, j in pairs(range(3), range(3))
    )  # fmt: skip
