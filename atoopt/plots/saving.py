"""Writing pictures, whole or not at all."""

from __future__ import annotations

import os

from matplotlib.axes import Axes

from atoopt.base.errors import InputError
from atoopt.base.writing import whole_file


def save_axes(ax: Axes, path: str | os.PathLike[str], *, dpi: int = 150) -> None:
    """Write the figure of some Axes; the suffix of the path decides the format.

    Raises
    ------
    InputError
        The suffix is no picture format, or the file cannot be written.
    """
    figure = ax.get_figure(root=True)
    assert figure is not None, "Axes of a figure"
    known = figure.canvas.get_supported_filetypes()
    suffix = os.path.splitext(str(path))[1].removeprefix(".").lower()  # noqa: PTH122 -- may be any path-like
    if suffix not in known:
        raise InputError("is no picture format", f"end the name in .{', .'.join(sorted(known))}", file=str(path))
    with whole_file(path) as temporary:
        figure.savefig(temporary, dpi=dpi, format=suffix)
