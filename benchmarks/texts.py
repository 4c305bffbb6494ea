"""The Python files of a tree in memory, to be searched again and again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Texts:
    """The bytes of every Python file of a tree, by path from its root."""

    files: Mapping[str, bytes] = field(repr=False)

    @classmethod
    def read(cls, tree: Path) -> Texts:
        """Every `*.py` below `tree` as it is now."""
        return cls(
            {
                file.relative_to(tree).as_posix(): file.read_bytes()
                for file in sorted(tree.rglob("*.py"))
            }
        )

    def changed(self, changes: Mapping[str, bytes | None]) -> Texts:
        """The same tree after some files were written, or removed (None)."""
        files = {path: data for path, data in self.files.items() if path not in changes}
        files |= {
            path: data
            for path, data in changes.items()
            if data is not None and path.endswith(".py")
        }
        return Texts(dict(sorted(files.items())))

    def mentions(self, word: str) -> list[str]:
        """Paths of the files that hold the word as a whole identifier."""
        plain = word.encode()
        pattern = re.compile(rb"\b" + re.escape(plain) + rb"\b")
        return [path for path, data in self.files.items() if plain in data and pattern.search(data)]
