"""The blank lines above a leave-behind, when everything around it is in place."""

from __future__ import annotations

import ast

from consolidator.edits.imports.desk import Classify
from consolidator.edits.imports.names import Category
from consolidator.edits.imports.order import Convention, Ordered
from consolidator.index.module import Module
from consolidator.names import ModuleName
from consolidator.workspace import SourceFile

_ISORT = Convention(by_category=True)


def tidied(text: str, standing_in: tuple[str, ...], newline: str) -> str:
    """No more than two blank lines above a leave-behind, and none at the top of the file.

    Imports above it may have gone, each with its own gap.
    """
    for block in standing_in:
        at = text.find(block)
        if at < 0:
            continue
        head = text[:at].rstrip(" \t\r\n")
        gap = text[len(head) : at]
        most = newline * 3 if head else ""
        if gap.count("\n") > 3 or (not head and gap):
            text = head + most + text[at:]
    return text


def closed_up(source: Module, text: str, standing_in: tuple[str, ...], classify: Classify) -> str:
    """No more blank lines than isort has between a leave-behind and the import right above it.

    import os
                          # one, for another section begins; none between two of one section
    # Invoice class moved to shop.billing to maintain SSOT
    from shop.billing import Invoice

    Where it would have them in another order, they stay as they are.
    """
    for block in standing_in:
        at = text.find(block)
        head = text[:at].rstrip(" \t\r\n")
        if at < 0 or not head:
            continue
        gap = _isort_gap(_module(source, text), at, classify)
        if gap is not None:
            text = head + source.file.newline * (gap + 1) + text[at:]
    return text


def _module(source: Module, text: str) -> Module:
    file = SourceFile(source.path, source.file.encode(text))
    return Module(source.name, source.is_package, file)


def _isort_gap(module: Module, at: int, classify: Classify) -> int | None:
    """The blank lines between the imports above and below an offset; None where that is open."""
    above = [node for node in module.body if module.syntax.span(node).end <= at]
    below = [node for node in module.body if module.syntax.span(node).start >= at]
    if not above or not below or "#" in module.text[module.syntax.span(above[-1]).end : at]:
        return None
    first, second = _ordered(above[-1], classify), _ordered(below[0], classify)
    if first is None or second is None or _ISORT.key(first) >= _ISORT.key(second):
        return None
    return int(first.category != second.category)


def _ordered(node: ast.stmt, classify: Classify) -> Ordered | None:
    if isinstance(node, ast.Import):
        name = node.names[0].name
        return Ordered(False, name, classify(ModuleName(name)))
    if not isinstance(node, ast.ImportFrom):
        return None
    name = "." * node.level + (node.module or "")
    category = Category.RELATIVE if node.level else classify(ModuleName(name))
    return Ordered(True, name, category)
