"""Which names a module calls while it is imported, read off the bytes."""

from __future__ import annotations

import re
from functools import lru_cache

_CALL = re.compile(
    rb"^[ \t]*@(?P<decorator>[A-Za-z_]\w*)"
    rb"|^(?:[A-Za-z_][^\n=#(]*=[ \t]*)?(?P<call>[A-Za-z_]\w*)(?:\.\w+)*\(",
    re.MULTILINE,
)
_BLOCK = re.compile(
    rb"^(?:async[ \t]+)?(?:def|class)[ \t]+(?P<name>\w+)(?P<text>.*?)(?=^[^\s#)\]}]|\Z)",
    re.MULTILINE | re.DOTALL,
)
_IMPORT = re.compile(rb"\bimport(?:_module|__)?\b")
_USED = re.compile(rb"\b([A-Za-z_]\w*)[ \t]*\(")
IMPORT_ERROR = re.compile(rb"\braise[ \t]+(?:ImportError|ModuleNotFoundError)\b")
_FUNCTION = re.compile(rb"^[ \t]*(?:async[ \t]+)?def[ \t]+(\w+)", re.MULTILINE)
_KEPT = 8192


@lru_cache(maxsize=_KEPT)
def names_called_at_import(data: bytes) -> frozenset[str]:
    """The first names of top-level calls and of decorators: `make` of `x = make.one()`.

    Text in strings may count too; calls inside other expressions are missed.
    """
    found = (match["decorator"] or match["call"] for match in _CALL.finditer(data))
    return frozenset(name.decode("ascii", "replace") for name in found)


@lru_cache(maxsize=_KEPT)
def functions_beside_import_errors(data: bytes) -> frozenset[str]:
    """The functions of a file that raises an `ImportError` somewhere, be it not in them."""
    if not IMPORT_ERROR.search(data):
        return frozenset()
    return frozenset(name.decode("ascii", "replace") for name in _FUNCTION.findall(data))


def imports_when_called(data: bytes, name: str) -> bytes:
    """The text of a function or class of a file, and of those it calls there, if that imports.

    All of the file for a name that it does not define: nothing tells then what it is. Empty when
    nothing is imported.
    """
    blocks = _blocks(data)
    seen: dict[bytes, None] = {}
    queue = [name.encode()]
    if queue[0] not in blocks:
        return data
    while queue:
        block = queue.pop()
        if block not in seen:
            seen[block] = None
            queue += [word for word in set(_USED.findall(blocks[block])) if word in blocks]
    return b"\n".join(blocks[block] for block in seen if _IMPORT.search(blocks[block]))


@lru_cache(maxsize=256)
def _blocks(data: bytes) -> dict[bytes, bytes]:
    """The text of each top-level function and class."""
    return {match["name"]: match["text"] for match in _BLOCK.finditer(data)}
