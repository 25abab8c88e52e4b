"""Nail clippers; the paper's example is one, with data of its own."""

from __future__ import annotations

from atoopt.architecture.data.illustrations.tables import Contact, Mate, assembled
from atoopt.architecture.data.product import Product

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
