"""Uses of a name through its module: `module.C`, `patch.object(module, "C")`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from consolidator.index.index import Index
from consolidator.index.last_names import last_name
from consolidator.index.module import Import, Module
from consolidator.index.scopes import NameUse, Scope
from consolidator.names import Span

_SETTERS = frozenset({"setattr", "delattr", "object"})


@dataclass(frozen=True, slots=True)
class AttributeUse:
    """`module.C`: the import that binds the root, the use, and the text from root to name."""

    root: Import
    use: NameUse
    name: str
    span: Span
    is_argument: bool = False
    """`setattr(module, "C", …)`: the span is that of the module alone."""

    @property
    def replaces(self) -> bool:
        """Whether it gives the module another `C`: an assignment, `del`, or a patching call."""
        return self.is_argument or any(
            attribute.attr == self.name and not isinstance(attribute.ctx, ast.Load)
            for attribute in self.use.attributes
        )


def uses_through_modules(
    index: Index, module: Module, source: str, names: frozenset[str]
) -> list[AttributeUse]:
    """Both kinds of them: what reads a name through its module, and what gives it another."""
    return [
        *attribute_uses(index, module, source, names),
        *patched_modules(index, module, source, names),
    ]


def attribute_uses(
    index: Index, module: Module, source: str, names: frozenset[str]
) -> Iterator[AttributeUse]:
    """The `….source.name` of a file, through whatever import binds the root."""
    imports: dict[tuple[Scope, str], list[Import]] = {}
    for item in module.imports:
        if item.bound:
            imports.setdefault((item.scope, item.bound), []).append(item)
    bound = {name for _, name in imports}
    for scope in module.scope.walk():
        for use in scope.uses:
            named = any(attribute.attr in names for attribute in use.attributes)
            if named and use.name in bound:
                owner = use.scope.lookup(use.name)
                roots = imports.get((owner, use.name), []) if owner else []
                for item in _likeliest_first(roots, use):
                    hit = _follow(index, module, item, use, source, names)
                    if hit is not None:
                        yield hit
                        break


def dotted(use: NameUse) -> str:
    """The name and the attributes of a use, each with a dot behind it: `shop.orders.Invoice.`."""
    return ".".join([use.name, *(attribute.attr for attribute in use.attributes)]) + "."


def _likeliest_first(roots: list[Import], use: NameUse) -> list[Import]:
    """The imports that bind a name; first the `import shop.orders` that spells out what is used."""

    def spelled_out(item: Import) -> int:
        is_plain = item.name is None and not item.alias
        return len(item.module) if is_plain and dotted(use).startswith(f"{item.module}.") else 0

    return sorted(roots, key=spelled_out, reverse=True)


def patched_modules(
    index: Index, module: Module, source: str, names: frozenset[str]
) -> Iterator[AttributeUse]:
    """The `source` of `patch.object(source, "C")`, `monkeypatch.setattr(source, "C", …)`."""
    calls = {
        id(node.args[0]): node.args[1]
        for node in module.calls
        if len(node.args) > 1 and last_name(node.func) in _SETTERS
    }
    for scope in module.scope.walk():
        for use in scope.uses if calls else ():
            node = use.attributes[-1] if use.attributes else use.node
            what = calls.get(id(node))
            if not isinstance(what, ast.Constant) or what.value not in names:
                continue
            for item in module.imports:
                if item.bound == use.name and item.scope is use.scope.lookup(use.name):
                    reached = _module_reached(index, item, use)
                    if reached == source and use.span is not None:
                        span = Span(use.span.start, module.syntax.span(node).end)
                        yield AttributeUse(item, use, str(what.value), span, True)
                        break


def _module_reached(index: Index, item: Import, use: NameUse) -> str:
    origin = index.resolve_import(item)
    for attribute in use.attributes:
        if origin.kind != "module":
            return ""
        origin = index.resolve(origin.module, attribute.attr)
    return origin.module if origin.kind == "module" else ""


def _follow(
    index: Index, module: Module, item: Import, use: NameUse, source: str, names: frozenset[str]
) -> AttributeUse | None:
    origin = index.resolve_import(item)
    if origin.kind != "module":
        return None
    current = origin.module
    for attribute in use.attributes:
        if current == source and attribute.attr in names:
            if use.span is None:
                return None
            span = _chain_span(module, use, attribute)
            return AttributeUse(item, use, attribute.attr, span)
        following = index.resolve(current, attribute.attr)
        if following.kind != "module":
            return None
        current = following.module
    return None


def _chain_span(module: Module, use: NameUse, attribute: ast.Attribute) -> Span:
    assert use.span is not None
    if not use.quoted:
        return Span(use.span.start, module.syntax.span(attribute).end)
    # Positions inside a quoted type count from its own start; measure by the names instead.
    length, text = 0, module.text
    for part in use.attributes:
        length = text.index(part.attr, use.span.end + length) + len(part.attr) - use.span.end
        if part is attribute:
            break
    return Span(use.span.start, use.span.end + length)
