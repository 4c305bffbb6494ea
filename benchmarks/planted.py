"""How many planted duplicates a scan finds, and what it says of things that only look like them.

python -m benchmarks.planted --seed 1 --of-each 20
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.planted_trees import Expected, Tree, planted_tree
from consolidator.finders.duplicates import find_duplicates
from consolidator.finders.findings import Duplicate
from consolidator.finders.scene import Scene
from consolidator.index.index import Index
from consolidator.index.outlining import outline_all
from consolidator.workspace import Workspace

Key = tuple[str, str, frozenset[str]]


@dataclass(frozen=True)
class Row:
    """What became of all that was planted of one kind."""

    label: str
    planted: int
    right: int
    wrong: tuple[str, ...]
    """The names of those that were not found, or not taken for what they are."""


@dataclass(frozen=True)
class Score:
    """Recall by what was planted, and precision by what was reported."""

    rows: tuple[Row, ...]
    reported: dict[str, int]
    """The findings by relation (suppressed ones by the name of the suppression)."""
    unasked: tuple[str, ...]
    """Findings that nothing planted accounts for."""


def score(tree: Tree, root: Path) -> Score:
    """Write the tree below `root`, look for duplicates, and compare."""
    for path, text in tree.files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    index = Index(Workspace.open(root))
    found = list(find_duplicates(Scene(index, outline_all(index))))
    keys = [_key(item) for item in found]
    named = {name for _, name, _ in keys}
    rows = []
    for label, items in _by_label(tree.expected):
        wrong = [item.name for item in items if not _is_right(item, set(keys), named)]
        rows.append(Row(label, len(items), len(items) - len(wrong), tuple(wrong)))
    asked = {(item.kind, item.name, item.modules) for item in tree.expected}
    unasked = tuple(
        f"{kind} {name}" for kind, name, places in keys if (kind, name, places) not in asked
    )
    return Score(tuple(rows), dict(Counter(kind for kind, _, _ in keys)), unasked)


def _key(item: Duplicate) -> Key:
    kind = item.suppression.name if item.suppression else item.relation
    return kind, item.name, frozenset(copy.qualified.module for copy in item.copies)


def _is_right(item: Expected, keys: set[Key], named: set[str]) -> bool:
    if item.kind == "none":
        return item.name not in named
    return (item.kind, item.name, item.modules) in keys


def _by_label(expected: Iterable[Expected]) -> Iterator[tuple[str, list[Expected]]]:
    found: dict[str, list[Expected]] = {}
    for item in expected:
        found.setdefault(item.label, []).append(item)
    yield from found.items()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--of-each", type=int, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="planted-") as folder:
        found = score(planted_tree(options.seed, options.of_each), Path(folder))
    print(f"{'planted':28}{'number':>8}{'right':>8}{'recall':>9}")
    for row in found.rows:
        print(f"{row.label:28}{row.planted:8}{row.right:8}{row.right / row.planted:9.0%}")
        for name in row.wrong:
            print(f"    {name}")
    print(f"\n{'reported as':28}{'number':>8}{'right':>8}{'precision':>11}")
    for kind, number in sorted(found.reported.items()):
        right = number - sum(line.rpartition(" ")[0] == kind for line in found.unasked)
        print(f"{kind:28}{number:8}{right:8}{right / number:11.0%}")
    for line in found.unasked:
        print(f"    {line}")


if __name__ == "__main__":
    main()
