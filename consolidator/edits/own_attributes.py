"""What moved code gets at through the module that becomes its home.

from shop import core

class Order(core.Base):       # in `shop.core` that is `Base`
    def total(self): return core.add(self.lines)
"""

from __future__ import annotations

import ast
from collections.abc import Collection

from consolidator.index.index import Index, Origin
from consolidator.index.module import Module
from consolidator.index.scopes import NameUse


def attributes_to_own(
    index: Index,
    target: Module,
    uses: tuple[NameUse, ...],
    origin: Origin,
    taken: Collection[str],
) -> int:
    """How many attributes lead from a name to what the target binds itself; 0 if not all uses do.

    1 for `core.Base`, 2 for `shop.core.Base`. Names that are `taken` mean other things to the
    moved code.
    """
    depths = {_depth(index, target, use, origin, taken) for use in uses}
    return depths.pop() if len(depths) == 1 else 0


def _depth(
    index: Index, target: Module, use: NameUse, origin: Origin, taken: Collection[str]
) -> int:
    current = origin
    for depth, attribute in enumerate(use.attributes, 1):
        if current.kind != "module":
            return 0
        if current.module == target.name:
            reads = isinstance(attribute.ctx, ast.Load) and use.span is not None and not use.quoted
            fits = attribute.attr in target.scope.bindings and attribute.attr not in taken
            return depth if reads and fits and _is_free(use, attribute.attr) else 0
        current = index.resolve(current.module, attribute.attr)
    return 0


def _is_free(use: NameUse, name: str) -> bool:
    """Whether nothing around a use binds the name: no parameter, no variable."""
    found = use.scope.lookup(name)
    return found is None or found.parent is None
