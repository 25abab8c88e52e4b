"""Write the published schemas: ``python -m atoopt.schemas``."""

from __future__ import annotations

from pathlib import Path

from atoopt.base.writing import json_text, write_text
from atoopt.schemas import names, schema

if __name__ == "__main__":
    for name in names():
        path = Path(__file__).parent / f"{name}.json"
        write_text(path, json_text(schema(name)) + "\n")
        print(path)
