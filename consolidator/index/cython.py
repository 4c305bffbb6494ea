"""What compiled modules import, as far as the Cython source beside them says."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from consolidator.index.events import codes
from consolidator.index.events.codes import Event
from consolidator.index.events.import_events import import_events
from consolidator.names import ModuleName

_IMPORT = re.compile(
    r"^(?:from[ \t]+[.\w]+[ \t]+import\b[ \t]*(?:\([^)]*\)|[^\n(]*)|import[ \t]+[^\n]*)", re.M
)


def cython_events(text: str, name: ModuleName) -> tuple[Event, ...]:
    """The imports at the left margin of a Cython file; beside them it may bind any name.

    `cimport` reads declarations when it is compiled, and imports nothing.
    """
    tree = ast.Module([node for found in _statements(text) for node in found.body], [])
    return ((codes.OPEN, 1), *import_events(tree, name, False))


def _statements(text: str) -> Iterator[ast.Module]:
    for found in _IMPORT.finditer(text):
        try:
            tree = ast.parse(found[0])
        except SyntaxError:
            continue
        yield ast.increment_lineno(tree, text.count("\n", 0, found.start()))
