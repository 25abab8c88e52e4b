"""Steering columns, adjusted by hand or by motors; the paper's case has two families, with data of its own."""

from __future__ import annotations

from atoopt.architecture.data.illustrations.tables import Contact, Mate, assembled
from atoopt.architecture.data.product import Product

COLUMN = {
    "bracket": ("mechanical", "carry column"),
    "outer tube": ("mechanical", "guide shaft, absorb crash energy"),
    "inner tube": ("mechanical", "guide shaft"),
    "upper bearing": ("mechanical", "support shaft"),
    "lower bearing": ("mechanical", "support shaft"),
    "steering shaft": ("mechanical", "transmit rotation"),
    "universal joint": ("mechanical", "transmit rotation"),
}
MANUAL = {
    "clamp bolt": ("mechanical", "clamp position"),
    "cam": ("mechanical", "clamp position"),
    "clamp lever": ("mechanical", "release position"),
}
ELECTRIC = {
    "height motor": ("electrical", "drive adjustment"),
    "height spindle": ("mechanical", "adjust height"),
    "control unit": ("electronic", "control adjustment"),
    "cable": ("electrical", "supply power"),
}
COLUMN_OPTIONS = {
    "slide": {"slide plate": ("mechanical", "adjust reach")},
    "reach drive": {
        "reach motor": ("electrical", "drive adjustment"),
        "reach spindle": ("mechanical", "adjust reach"),
    },
    "sensor": {"position sensor": ("electronic", "sense position")},
    "lock": {"steering lock": ("mechanical", "lock steering")},
}
FULL = "x y z rx ry rz"
COLUMN_MATES: list[Mate] = [
    ("bracket", "outer tube", "pivot pin", "x y z rx rz", "wheel position"),
    ("outer tube", "inner tube", "press fit", FULL, "wheel position, shaft run-out"),
    ("inner tube", "upper bearing", "press fit", "x y z rx ry", "wheel position, shaft run-out"),
    ("outer tube", "lower bearing", "press fit", "x y z rx ry", "shaft run-out"),
    ("upper bearing", "steering shaft", "press fit", "x y z", "wheel position, shaft run-out"),
    ("lower bearing", "steering shaft", "sliding", "x y", "shaft run-out"),
    ("steering shaft", "universal joint", "bolt", FULL, "torque path"),
    ("bracket", "clamp bolt", "insertion", "x y rx ry", "clamping force"),
    ("clamp bolt", "cam", "insertion", "x y rx ry", "clamping force"),
    ("cam", "clamp lever", "screw", FULL, "clamping force"),
    ("outer tube", "slide plate", "rivet", FULL, "reach travel"),
    ("bracket", "height motor", "screw", FULL, "height travel"),
    ("height motor", "height spindle", "coupling", "x y z rx ry", "height travel"),
    ("outer tube", "reach motor", "screw", FULL, "reach travel"),
    ("reach motor", "reach spindle", "coupling", "x y z rx ry", "reach travel"),
    ("bracket", "control unit", "screw", FULL, "plug position"),
    ("control unit", "cable", "plug", "x y z", "plug position"),
    ("outer tube", "position sensor", "snap fit", FULL, "sensor gap"),
    ("outer tube", "steering lock", "shear bolt", FULL, "lock engagement"),
]
COLUMN_CONTACTS: list[Contact] = [
    ("clamp bolt", "outer tube", "sliding"),
    ("cam", "bracket", "sliding"),
    ("slide plate", "clamp bolt", "sliding"),
    ("height spindle", "outer tube", "sliding"),
    ("reach spindle", "inner tube", "sliding"),
    ("cable", "height motor", "plug"),
    ("cable", "reach motor", "plug"),
    ("cable", "position sensor", "plug"),
    ("steering lock", "steering shaft", "sliding"),
]
COLUMN_FLOWS = [
    ("guide shaft", "support shaft", "energy", "bearing force"),
    ("support shaft", "transmit rotation", "energy", "bearing force"),
    ("carry column", "guide shaft", "energy", "holding force"),
    ("release position", "clamp position", "energy", "hand force"),
    ("clamp position", "carry column", "energy", "friction force"),
    ("supply power", "control adjustment", "energy", "direct current"),
    ("control adjustment", "drive adjustment", "energy", "motor current"),
    ("drive adjustment", "adjust height", "energy", "torque"),
    ("drive adjustment", "adjust reach", "energy", "torque"),
    ("adjust height", "sense position", "signal", "position"),
    ("sense position", "control adjustment", "signal", "position"),
    ("lock steering", "transmit rotation", "energy", "holding torque"),
]


def manual_column(id: str, *options: str) -> Product:
    """Return a steering column that is adjusted by hand, with any of the options slide and lock.

    >>> len(manual_column("column", "slide", "lock").components)
    12
    """
    return _column(id, MANUAL, options, "manual column")


def electric_column(id: str, *options: str) -> Product:
    """Return a steering column that motors adjust, with any of the options reach drive, sensor and lock.

    >>> electric_column("column").key_characteristics[-1]
    'plug position'
    """
    return _column(id, ELECTRIC, options, "electric column")


def _column(id: str, own: dict[str, tuple[str, str]], options: tuple[str, ...], family: str) -> Product:
    components = COLUMN | own | {name: part for option in options for name, part in COLUMN_OPTIONS[option].items()}
    return assembled(id, components, COLUMN_MATES, COLUMN_CONTACTS, COLUMN_FLOWS, family=family)
