"""Reads `orders/*.txt`: small trees, what is imported first, and what must come of it.

    #### a cycle asks for a name too early
    import base: missing name Base
    import leaf: missing name helper
    == base.py
    from leaf import helper
    ...

An `import` line with nothing after the name succeeds; others say the kind of failure and the name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_ORDERS = Path(__file__).with_name("orders")


@dataclass(frozen=True, slots=True)
class Case:
    """One tree and one first import."""

    name: str
    first: str
    expected: str
    tree: str

    @property
    def files(self) -> dict[str, str]:
        """The files by path."""
        return files_of(self.tree)


def files_of(tree: str) -> dict[str, str]:
    """The files of one text: `== a/b.py` begins a file."""
    parts = f"\n{tree}".split("\n== ")[1:]
    pairs = (part.partition("\n") for part in parts)
    return {path.strip(): f"{text.rstrip()}\n" for path, _, text in pairs}


def cases() -> Iterator[Case]:
    """Every case of every file."""
    for path in sorted(_ORDERS.glob("*.txt")):
        for block in path.read_text(encoding="utf-8").split("#### ")[1:]:
            name, _, rest = block.partition("\n")
            head, _, tree = rest.partition("\n== ")
            for line in head.splitlines():
                first, _, expected = line.removeprefix("import ").partition(":")
                title = f"{path.stem}: {name} ({first})"
                yield Case(title, first.strip(), expected.strip(), f"== {tree}")
