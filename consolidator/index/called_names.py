"""Which names a module calls while it is imported, read off the bytes."""

from __future__ import annotations

import re
from functools import lru_cache

_CALL = re.compile(
    rb"^[ \t]*@(?P<decorator>[A-Za-z_]\w*)"
    rb"|^(?:[A-Za-z_][^\n=#(]*=[ \t]*)?(?P<call>[A-Za-z_]\w*)(?:\.\w+)*\(",
    re.MULTILINE,
)
_KEPT = 8192


@lru_cache(maxsize=_KEPT)
def names_called_at_import(data: bytes) -> frozenset[str]:
    """The first names of top-level calls and of decorators: `make` of `x = make.one()`.

    Text in strings may count too; calls inside other expressions are missed.
    """
    found = (match["decorator"] or match["call"] for match in _CALL.finditer(data))
    return frozenset(name.decode("ascii", "replace") for name in found)
