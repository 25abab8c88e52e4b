"""The named instances of ``instances/architecture``; run as a module with a folder, it writes them all there."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from atoopt.architecture.data.generate import noisy_families, random_families
from atoopt.architecture.data.illustrations.clippers import nail_clipper
from atoopt.architecture.data.illustrations.columns import electric_column, manual_column
from atoopt.architecture.data.illustrations.laptops import laptops
from atoopt.architecture.instance import ArchitectureInstance


@dataclass(frozen=True)
class Named:
    """How a named instance is made, and where it comes from."""

    make: Callable[[], ArchitectureInstance]
    source: str


def nail_clippers() -> ArchitectureInstance:
    """Return three nail clippers: plain, with a file, with a file and a catcher."""
    clippers = (
        nail_clipper("plain"),
        nail_clipper("with file", "file"),
        nail_clipper("with file and catcher", "file", "catcher"),
    )
    return ArchitectureInstance(name="nail-clippers", products=clippers)


def steering_columns() -> ArchitectureInstance:
    """Return three steering columns that are adjusted by hand, and three that motors adjust."""
    columns = (
        manual_column("manual height"),
        manual_column("manual height and reach", "slide"),
        manual_column("manual, with lock", "slide", "lock"),
        electric_column("electric height"),
        electric_column("electric height and reach", "reach drive", "sensor"),
        electric_column("electric, with lock", "reach drive", "sensor", "lock"),
    )
    return ArchitectureInstance(name="steering-columns", products=columns)


def clippers_and_columns(seed: int = 8, noise: float = 0.1) -> ArchitectureInstance:
    """Return four nail clippers and four steering columns, made from one template each."""
    templates = nail_clipper("clipper", "file", "catcher"), manual_column("column", "slide", "lock")
    name = "nail-clippers-and-steering-columns"
    return noisy_families(templates, 4, seed, noise=noise, name=name)


NAMED: dict[str, Named] = {
    "nail-clippers": Named(nail_clippers, "our illustration"),
    "steering-columns": Named(steering_columns, "our illustration: two families, manual and electric"),
    "nail-clippers-and-steering-columns": Named(
        clippers_and_columns, "our illustration, noisy_families, seed 8, noise 0.1"
    ),
    "laptops": Named(
        lambda: ArchitectureInstance(name="laptops", products=laptops()),
        "our illustration; component names of the stock instance",
    ),
    "families-6x10": Named(partial(random_families, 6, 10, 60), "generated, random_families, seed 60, noise 0.1"),
}


def write_all(folder: str) -> None:
    """Write every named instance into a folder."""
    for name, named in NAMED.items():
        named.make().save(str(Path(folder) / f"{name}.json"))


if __name__ == "__main__":
    write_all(sys.argv[1])
