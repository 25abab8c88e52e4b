"""The named instances of ``instances/architecture``; run as a module with a folder, it writes them all there."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from atoopt.architecture import illustrations as ours
from atoopt.architecture.instance import ArchitectureInstance


@dataclass(frozen=True)
class Named:
    """How a named instance is made, and where it comes from."""

    make: Callable[[], ArchitectureInstance]
    source: str


def nail_clippers() -> ArchitectureInstance:
    """Return three nail clippers: plain, with a file, with a file and a catcher."""
    clippers = (
        ours.nail_clipper("plain"),
        ours.nail_clipper("with file", "file"),
        ours.nail_clipper("with file and catcher", "file", "catcher"),
    )
    return ArchitectureInstance(name="nail-clippers", products=clippers)


def laptops() -> ArchitectureInstance:
    """Return laptops of the same components as the stock-composition instance of this name."""
    return ArchitectureInstance(name="laptops", products=ours.laptops())


NAMED: dict[str, Named] = {
    "nail-clippers": Named(nail_clippers, "our illustration"),
    "laptops": Named(laptops, "our illustration; component names of the stock instance"),
}


def write_all(folder: str) -> None:
    """Write every named instance into a folder."""
    for name, named in NAMED.items():
        named.make().save(str(Path(folder) / f"{name}.json"))


if __name__ == "__main__":
    write_all(sys.argv[1])
