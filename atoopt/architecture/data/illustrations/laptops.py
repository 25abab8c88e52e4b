"""Configurable laptops, of the components of the stock-composition instance of this name."""

from __future__ import annotations

from itertools import product as pairs

from atoopt.architecture.data.illustrations.tables import Contact, Mate, assembled
from atoopt.architecture.data.product import Product

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
