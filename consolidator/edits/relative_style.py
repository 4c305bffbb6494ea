"""Whether a file imports from its own package with dots, or would if it imported anything."""

from __future__ import annotations

import re
from itertools import islice

from consolidator.index.index import Index
from consolidator.index.module import Module

_DOTS = re.compile(rb"^from[ \t]+\.", re.MULTILINE)
_MANY = 50
_FEW = 3


def prefers_relative(index: Index, module: Module) -> bool:
    """As most of its own imports are; where it has none, as nearly all of its neighbours'."""
    top = module.name.top
    own = [item for item in module.imports if item.module.top == top]
    if own or not module.package:
        relative = sum(bool(getattr(item.node, "level", 0)) for item in own)
        return relative * 2 > len(own)
    full = re.compile(rb"^(?:from|import)[ \t]+%s\b" % re.escape(top.encode()), re.MULTILINE)
    relative = absolute = 0
    for neighbour in islice((module.package, *index.modules_inside(module.package)), _MANY):
        path = index.workspace.path_of(neighbour)
        data = index.workspace.file(path).data if path else b""
        relative += len(_DOTS.findall(data))
        absolute += len(full.findall(data))
    return relative >= _FEW and absolute * 10 <= relative
