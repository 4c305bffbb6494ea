"""Whether a file imports from its own package with dots, or would if it imported anything."""

from __future__ import annotations

import re
from itertools import islice

from consolidator.edits.imports.names import Surroundings
from consolidator.index.index import Index
from consolidator.index.module import Module

_DOTS = re.compile(rb"^from[ \t]+\.", re.MULTILINE)
_MANY = 50
_FEW = 3


def prefers_relative(index: Index, module: Module, dots: int = 0) -> bool:
    """As most of its own imports are; where it has none, as nearly all of its neighbours'."""
    shown = shown_style(module, dots)
    if shown is not None or not module.package:
        return bool(shown)
    top = module.name.top
    full = re.compile(rb"^(?:from|import)[ \t]+%s\b" % re.escape(top.encode()), re.MULTILINE)
    relative = absolute = 0
    for neighbour in islice((module.package, *index.modules_inside(module.package)), _MANY):
        path = index.workspace.path_of(neighbour)
        data = index.workspace.file(path).data if path else b""
        relative += len(_DOTS.findall(data))
        absolute += len(full.findall(data))
    return relative >= _FEW and absolute * 10 <= relative


def shown_style(module: Module, dots: int = 0) -> bool | None:
    """Whether most imports of its own package have dots; None without any.

    Those that reach as far as so many `dots` count before others, and those that run.
    """
    own = reach_of(module)
    alike = [each for each in own if each[1] == dots] or own
    return 2 * sum(relative for relative, _ in alike) > len(alike) if alike else None


def reach_of(module: Module) -> list[tuple[bool, int]]:
    """For each import of the own package: whether it has dots, and how many it takes.

    Those for the type checker count only where no others reach as far.
    """
    around = Surroundings(module.name, module.is_package)
    own = [item for item in module.imports if item.module.top == module.name.top]
    running = {around.dots_to(item.module) for item in own if not item.is_typing_only}
    return [
        (bool(getattr(item.node, "level", 0)), around.dots_to(item.module))
        for item in own
        if not item.is_typing_only or around.dots_to(item.module) not in running
    ]
