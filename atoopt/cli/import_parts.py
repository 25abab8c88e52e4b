"""``atoopt import --problem policy``: a list of parts becomes an instance."""

from __future__ import annotations

from typing import Any


def import_parts(
    parts: str, output: str, source: dict[str, Any], *, name: str | None, pallet: str | None,
    changes: list[str] | None, as_json: bool,
) -> None:  # fmt: skip
    """Read a table of parts, write the instance, and print its summary."""
    from atoopt.base.errors import one_line, short
    from atoopt.base.raw.source import Source
    from atoopt.cli.options import with_changes
    from atoopt.cli.outputs import rescued
    from atoopt.cli.text.imported import separator_note
    from atoopt.cli.text.terminal import note, print_json
    from atoopt.policy.data.parts import import_parts as read
    from atoopt.policy.surprises import surprises

    keys = {} if pallet is None else {"pallet": _pallet(pallet)}
    found = read(parts, Source(**source), name, **keys)
    instance = with_changes(found.instance, changes)
    with rescued(lambda: print_json(instance.to_json())):
        instance.save(output)
    said = {label: tuple(map(short, ids)) for label, ids in surprises(instance).items() if ids}
    notes = [
        *separator_note(found.separator, source["separator"] is None),
        *(f"{len(ids)} {label}: {_some(ids)}" for label, ids in said.items()),
    ]
    for text in notes:
        note(one_line(text))
    if as_json:
        print_json({"file": output, **instance.summary(), "notes": notes})
    else:
        print(instance)


def _pallet(text: str) -> dict[str, Any]:
    """Return the pallet of a text such as 1200x800 or 1200x800x1500 (length, width, usable height in mm).

    >>> _pallet("1200x1000")
    {'length_mm': 1200.0, 'width_mm': 1000.0}
    """
    from atoopt.base.errors import InputError

    try:
        sizes = [float(size) for size in text.lower().split("x")]
    except ValueError:
        sizes = []
    if len(sizes) not in (2, 3) or not all(0 < size < float("inf") for size in sizes):
        raise InputError(f'is "{text}"', "give millimeters, such as 1200x800 or 1200x800x1500", place="pallet")
    return dict(zip(("length_mm", "width_mm", "usable_height_mm"), sizes, strict=False))


def _some(ids: tuple[str, ...]) -> str:
    """Return the first few names, and how many more there are.

    >>> _some(tuple("abcdefg"))
    'a, b, c, d, e and 2 more'
    """
    more = f" and {len(ids) - 5} more" if len(ids) > 5 else ""
    return ", ".join(ids[:5]) + more
