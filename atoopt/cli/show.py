"""``atoopt show``: what an instance holds, on one screen."""

from __future__ import annotations

from atoopt.cli.options import AsJson, Instance


def show(instance: Instance, as_json: AsJson = False) -> None:
    """Print the summary of an instance.

    \b
    Example:
      atoopt show instances/stock/uniform-5.json
    """
    import atoopt
    from atoopt.cli.text.terminal import print_json

    loaded = atoopt.load(instance)
    if as_json:
        print_json(loaded.summary())
    else:
        print(loaded)
