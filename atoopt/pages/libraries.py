"""The libraries that a page carries with it, and what to do where one is not installed."""

from __future__ import annotations

import base64
import importlib
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import ModuleType
from typing import Any

from atoopt.base.errors import InputError

TEMPLATES = Path(__file__).parent / "templates"
"""The style that all pages have."""


def optional(name: str) -> ModuleType:
    """Import a library that the page carries, or raise an `InputError` that says how to install it."""
    try:
        return importlib.import_module(name)
    except ImportError:
        remedy = f"run pip install {name.partition('.')[0]}"
        raise InputError("is not installed", remedy, place=name.partition(".")[0]) from None


@cache
def plotly_script() -> str:
    """Return plotly's script, to stand in a script element."""
    text = str(optional("plotly.offline").get_plotlyjs())
    return text.replace("</script", "<\\/script").replace("<!--", "<\\!--")


@cache
def datatables() -> tuple[str, str]:
    """Return the script of itables' offline bundle (a module, as base64) and its style."""
    optional("itables")
    bundle = files("itables") / "html"
    script = (bundle / "dt_bundle.js").read_bytes()
    style = (bundle / "dt_bundle.css").read_text("utf-8")
    return base64.b64encode(script).decode("ascii"), style.replace("</style", "<\\/style")


@cache
def environment(folder: Path) -> Any:
    """Return jinja2's environment for the templates of a folder and the shared ones: what it puts in is escaped."""
    jinja2 = optional("jinja2")
    loader = jinja2.FileSystemLoader([folder, TEMPLATES])
    return jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def own(folder: Path, name: str) -> str:
    """Return a file of ours that a page carries."""
    return (folder / name).read_text("utf-8")
