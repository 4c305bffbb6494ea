"""The blank lines above a leave-behind, when everything around it is in place."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable

from consolidator.edits.imports.blocks import is_docstring
from consolidator.edits.imports.desk import Classify
from consolidator.edits.imports.names import Category
from consolidator.edits.imports.order import Convention, Ordered
from consolidator.edits.imports.wrap import is_pragma
from consolidator.index.module import Module
from consolidator.names import ModuleName
from consolidator.workspace import SourceFile

_BLANK_LINES = re.compile(r"(?:[ \t\f]*(?:\r\n|\r|\n))*")
_RIGHT_ABOVE_ANOTHER = re.compile(
    r"(?:#[^\n]*\n)+(?:from|import)\b[^\n(#]*(?:\([^)]*\))?[^\n]*\n(?=#)"
)
"""An import with a comment, and the comment of the next one right below."""
_ISORT = Convention(by_category=True)
_DEFINITION = re.compile(r"(?:#[^\r\n]*(?:\r\n|\r|\n))*(?:@|def\b|async\s+def\b|class\b)")
"""With the comment that stands right above it."""


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


def as_isort_has_it(
    source: Module,
    text: str,
    standing_in: tuple[str, ...],
    classify: Classify,
    lines_after: int | None,
) -> str:
    """As many blank lines around a leave-behind as isort wants."""
    for block in standing_in:
        text = _above_comments(source, text, block, classify) if block in text else text
    text = _closed_up(source, text, standing_in, classify)
    for block in standing_in:
        if block in text:
            end = text.find(block) + len(block)
            text = _parted(_module(source, text), end, lines_after)
    return text


def apart_from_imports(text: str, comments: Iterable[str], newline: str) -> str:
    """A blank line above comments on imports, as isort has it, but for the first of a group.

    from shop.base import Base
                          # here
    # Invoice class moved to shop.billing to maintain SSOT
    from shop.billing import Invoice
    """
    for comment in comments:
        first = comment.partition("\n")[0].rstrip("\r")
        if not first.startswith("#") or is_pragma(first):
            continue
        at = text.find(f"{newline}{first}{newline}")
        line_above = text[:at].replace("\r", "\n").rpartition("\n")[2]
        if at >= 0 and line_above.strip() and not line_above.startswith("#"):
            text = text[:at] + newline + text[at:]
            at += len(newline)
        below = _RIGHT_ABOVE_ANOTHER.match(text, at + len(newline)) if at >= 0 else None
        if below is not None:
            text = text[: below.end()] + newline + text[below.end() :]
    return text


def parted_from_imports(
    source: Module, text: str, left: Collection[int], lines_after: int | None
) -> str:
    """As many blank lines below the imports as isort wants, where what stood there has left.

    from shop.base import Base
                          # one, though a class stood here
    LIMIT = 3
    """
    end = _end_of_imports(source)
    if end is None or end not in left:
        return text
    module = _module(source, text)
    last = _end_of_imports(module)
    if last is None:
        return text
    end = module.syntax.line_of(module.syntax.span(module.body[last - 1]).end)
    return _parted(module, module.syntax.line_span(end).end, lines_after)


def _end_of_imports(module: Module) -> int | None:
    """The index of the first statement below the imports at the top; None without imports."""
    others = (index for index, node in enumerate(module.body) if not _heads_a_file(node))
    end = next(others, len(module.body))
    is_import = end and isinstance(module.body[end - 1], ast.Import | ast.ImportFrom)
    return end if is_import else None


def is_out_of_order(
    source: Module, text: str, standing_in: tuple[str, ...], classify: Classify
) -> bool:
    """Whether a lone leave-behind follows on the imports, and isort has it further up."""
    if len(standing_in) != 1 or standing_in[0] not in text:
        return False
    module, at = _module(source, text), text.find(standing_in[0])
    above = [node for node in module.body if module.syntax.span(node).end <= at]
    left = [node for node in module.body if module.syntax.span(node).start >= at]
    if not above or not left or not all(map(_heads_a_file, above)):
        return False
    imports = _ordered(above[-1], classify) and _ordered(left[0], classify)
    return bool(imports) and _in_order(above[-1], left[0], classify) is None


def _heads_a_file(node: ast.stmt) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom) or is_docstring(node)


def _above_comments(source: Module, text: str, block: str, classify: Classify) -> str:
    """A leave-behind right below the imports, where isort would glue the comments between to it.

    import os

    # Invoice class moved to shop.billing to maintain SSOT
    from shop.billing import Invoice

    # ---- Invoices ----
    """
    at, newline = text.find(block), source.file.newline
    module = _module(source, text)
    above = [node for node in module.body if module.syntax.span(node).end <= at]
    moved = [node for node in module.body if module.syntax.span(node).start >= at]
    if not above or not moved or _in_order(above[-1], moved[0], classify) is None:
        return text
    start = module.syntax.line_span(above[-1].end_lineno or above[-1].lineno).end
    between = text[start:at]
    if "#" not in between:
        return text
    rest = text[at + len(block) :]
    below = newline * 3 if rest.strip() else newline
    comments = between.strip("\r\n").rstrip() + below + rest.lstrip("\r\n")
    return text[:start] + newline + block + newline + comments


def _parted(module: Module, end: int, lines_after: int | None) -> str:
    """Two blank lines between a leave-behind and a definition, and one above all else."""
    above = [node for node in module.body if module.syntax.span(node).end <= end]
    rest = module.text[end + len(_blank_lines(module.text[end:])) :]
    imports = ast.Import | ast.ImportFrom
    if not above or not isinstance(above[-1], imports) or not rest.strip():
        return module.text
    below = [node for node in module.body if module.syntax.span(node).start >= end]
    if below and isinstance(below[0], imports):
        return module.text
    wanted = lines_after or (2 if _DEFINITION.match(rest) else 1)
    return module.text[:end] + module.file.newline * wanted + rest


def _closed_up(source: Module, text: str, standing_in: tuple[str, ...], classify: Classify) -> str:
    """No more blank lines than isort has between a leave-behind and the imports next to it.

    import os
                          # one, for a comment follows, or another section begins
    # Invoice class moved to shop.billing to maintain SSOT
    from shop.billing import Invoice

    Where it would have them in another order, they stay as they are.
    """
    for block in standing_in:
        if block in text:
            text = _closed_up_at(source, text, text.find(block), classify)
            end = text.find(block) + len(block)
            text = _closed_up_at(source, text, end + len(_blank_lines(text[end:])), classify)
    return text


def _closed_up_at(source: Module, text: str, at: int, classify: Classify) -> str:
    head = text[:at].rstrip(" \t\r\n")
    gap = _isort_gap(_module(source, text), at, classify)
    return text if gap is None else head + source.file.newline * (gap + 1) + text[at:]


def _blank_lines(text: str) -> str:
    found = _BLANK_LINES.match(text)
    return found[0] if found else ""


def _module(source: Module, text: str) -> Module:
    file = SourceFile(source.path, source.file.encode(text))
    return Module(source.name, source.is_package, file)


def _isort_gap(module: Module, at: int, classify: Classify) -> int | None:
    """The blank lines between the imports above and below an offset; None where that is open."""
    above = [node for node in module.body if module.syntax.span(node).end <= at]
    below = [node for node in module.body if module.syntax.span(node).start >= at]
    if not above or not below:
        return None
    between = module.text[module.syntax.span(above[-1]).end : at]
    if "#" in between.replace("\r", "\n").partition("\n")[2]:
        return None
    pair = _in_order(above[-1], below[0], classify)
    if pair is None:
        kept_below = "# isort: skip" in module.syntax.line_text(below[0].lineno)
        return 1 if kept_below and isinstance(above[-1], ast.Import | ast.ImportFrom) else None
    return int(pair[0].category != pair[1].category or module.text.startswith("#", at))


def _in_order(
    above: ast.stmt, below: ast.stmt, classify: Classify
) -> tuple[Ordered, Ordered] | None:
    """Two statements that are imports, in the order that isort has; None for all others."""
    first, second = _ordered(above, classify), _ordered(below, classify)
    if first is None or second is None or _ISORT.key(first) >= _ISORT.key(second):
        return None
    return first, second


def _ordered(node: ast.stmt, classify: Classify) -> Ordered | None:
    if isinstance(node, ast.Import):
        name = node.names[0].name
        return Ordered(False, name, classify(ModuleName(name)))
    if not isinstance(node, ast.ImportFrom):
        return None
    name = "." * node.level + (node.module or "")
    category = Category.RELATIVE if node.level else classify(ModuleName(name))
    return Ordered(True, name, category)
