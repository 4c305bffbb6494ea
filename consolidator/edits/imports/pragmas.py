"""What is said to tools behind an import, and holds wherever that import stands."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from consolidator.index.syntax import Syntax

_KNOWN = re.compile(
    r"#\s*(?:type:\s*ignore|pyright:|pyre-|mypy:|nosec|ruff:\s*ignore\[|pylint:\s*disable=|noqa:)",
    re.IGNORECASE,
)
_TYPE = re.compile(r"#\s*type:", re.IGNORECASE)
# behind the codes of the first kind may stand why: ` - for users`
_LISTS = (
    re.compile(r"(?P<head>#\s*noqa:\s*)(?P<codes>[A-Z]+\d+(?:[,\s]+[A-Z]+\d+)*)", re.IGNORECASE),
    re.compile(
        r"(?P<head>#\s*(?:ruff:\s*ignore\[|pylint:\s*disable=))(?P<codes>[\w-]+(?:[,\s]+[\w-]+)*)",
        re.IGNORECASE,
    ),
)
_OF_THE_PLACE = frozenset(
    {
        *("E401", "E402", "E501", "F401", "F403", "F405", "F811", "I001"),
        *("W0611", "C0411", "C0412", "C0413", "R0401", "unused-import", "cyclic-import"),
        *("wrong-import-order", "wrong-import-position", "ungrouped-imports"),
    }
)
"""What is wrong with where an import stands and who uses it, not with what it imports."""


def lasting_pragmas(syntax: Syntax, node: ast.Import | ast.ImportFrom, index: int) -> str:
    """`# type: ignore[import-untyped]` behind one name of an import, or behind all of it."""
    alias = node.names[index]
    lines = (alias.end_lineno or alias.lineno, node.lineno, node.end_lineno or node.lineno)
    said = [pragma for line in dict.fromkeys(lines) for pragma in _pragmas(syntax.line_text(line))]
    # mypy reads `# type: ignore` in the first place only
    return "  ".join(sorted(dict.fromkeys(said), key=lambda pragma: not _TYPE.match(pragma)))


def _pragmas(line: str) -> Iterator[str]:
    comment = line.partition("#")[2]
    for part in re.split(r"\s+(?=#)", f"#{comment}".rstrip()):
        if not _KNOWN.match(part):
            continue
        listed = next(filter(None, (each.match(part) for each in _LISTS)), None)
        if listed is None:
            yield part
            continue
        codes = re.split(r"[,\s]+", listed["codes"])
        lasting = [code for code in codes if code not in _OF_THE_PLACE]
        if lasting == codes:
            yield part
        elif lasting:
            yield listed["head"] + ", ".join(lasting) + "]" * listed["head"].endswith("[")
