"""Who takes names from a module: the question that decides whether an import may be removed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from consolidator.index.import_graph import eager_imports
from consolidator.index.index import Index, Origin
from consolidator.index.module import Module
from consolidator.index.replaced_names import replaced_otherwise
from consolidator.names import ModuleName
from consolidator.workspace import SourceFile


def importers(index: Index, name: ModuleName) -> tuple[Module, ...]:
    """The readable modules with an import of the module `name`, or of something in it.

    A look at the bytes comes first, so that only likely files are parsed.
    """
    if name not in index.importers:
        index.importers[name] = tuple(_importers(index, name))
    return index.importers[name]


def _importers(index: Index, name: ModuleName) -> Iterator[Module]:
    for path in importing_files(index, name):
        module = index.readable(path)
        if module is not None:
            yield module


def importing_files(index: Index, name: ModuleName) -> Iterator[str]:
    """The files that likely import a module, by their bytes: none of them is parsed."""
    own = index.workspace.path_of(name)
    for file in index.workspace.mentioning({name.tail}):
        if file.path != own and _may_import(index, file, name):
            yield file.path


def _may_import(index: Index, file: SourceFile, name: ModuleName) -> bool:
    importer = index.workspace.module_of(file.path) or ModuleName(file.path)
    # `from .tail import x` needs no more than the tail, but only inside the package.
    if not importer.is_within(name.parent) and name.parent.tail.encode() not in file.data:
        return False
    is_package = file.path.rpartition("/")[2].startswith("__init__.")
    return name in eager_imports(file.data, importer, is_package, include_deferred=True)


def names_taken(
    index: Index, name: ModuleName, released: frozenset[str] = frozenset()
) -> frozenset[str]:
    """Every name that some module takes from `name`: by `from` import, attribute or string.

    `*` is in it when somebody imports all. Strings that ask for `released` names do not count.
    """
    taken: set[str] = set()
    for module in importers(index, name):
        for item in module.imports:
            if item.module == name and item.name is not None:
                taken.add(item.name)
        taken |= set(_attributes_of(index, module, name))
    for module in _reaching_through_packages(index, name):
        taken |= set(_attributes_of(index, module, name))
    return frozenset(taken | names_set(index, name) | (_names_in_strings(index, name) - released))


def _reaching_through_packages(index: Index, name: ModuleName) -> Iterator[Module]:
    """The modules that do not import a module and get at it all the same, as others do.

    import shop as s
    s.models.orders.LIMIT
    """
    known = {module.path for module in importers(index, name)}
    reached = re.compile(rb"(\w+)\.%s\.\w" % re.escape(name.tail.encode()))
    around = name.parent.tail.encode()
    plainly = b".%s." % name.tail.encode()
    for file in index.workspace.mentioning({name.tail}) if around else ():
        if plainly not in file.data:
            continue  # most files, and a search for the pattern takes long
        holders = {match[1] for match in reached.finditer(file.data)}
        imported = [h for h in holders if h == around or b" as %s" % h in file.data]
        if imported and file.path not in known:
            module = index.readable(file.path)
            if module is not None:
                yield module


def star_importers(index: Index, name: ModuleName) -> Iterator[Module]:
    """The modules with `from name import *`."""
    for module in importers(index, name):
        if any(item.module == name and item.name == "*" for item in module.imports):
            yield module


def comes_with_star(module: Module, name: str) -> bool:
    """Whether `from module import *` may bring a name that a literal `__all__` does not list."""
    if "__all__" not in module.scope.bindings:
        return not name.startswith("_")
    statements = {binding.statement for binding in module.bindings("__all__")}
    plain = all(_is_plain_list(module.body[number]) for number in statements)
    return not plain or "__all__" in module.readers  # `__all__.extend(parts.__all__)`


def is_taken(index: Index, module: Module, name: str) -> bool:
    """Whether somebody may have a name from this module, also by a star import."""
    taken = names_taken(index, module.name)
    listed = name in (module.all_names or ()) or comes_with_star(module, name)
    return name in taken or ("*" in taken and listed)


def _is_plain_list(statement: ast.stmt) -> bool:
    """`__all__ = ["a", "b"]`."""
    value = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign) else None
    items = value.elts if isinstance(value, ast.List | ast.Tuple) else [value]
    return all(isinstance(item, ast.Constant) for item in items)


def _attributes_of(index: Index, module: Module, name: ModuleName) -> Iterator[str]:
    return (attribute.attr for attribute in _attribute_nodes(index, module, name))


def _attribute_nodes(index: Index, module: Module, name: ModuleName) -> Iterator[ast.Attribute]:
    parts = set(name.split("."))
    modules = {
        item.bound: index.resolve_import(item)
        for item in module.imports
        if item.bound and (item.name is None or item.name in parts)
    }
    for scope in module.scope.walk():
        for use in scope.uses:
            origin = modules.get(use.name)
            if origin is None or origin.kind != "module":
                continue
            current = origin.module
            for attribute in use.attributes:
                if current == name:
                    yield attribute
                    break
                current = current.child(attribute.attr)


def names_set(index: Index, name: ModuleName) -> frozenset[str]:
    """The names of a module that other modules replace: `mod.LIMIT = 3`, `setattr(mod, "x", …)`.

    Also `patch.object(mod, "x")` and `monkeypatch.setattr(mod, "x", …)`, and what
    `replaced_otherwise` finds.
    """
    if name not in index.names_set:
        found = _names_set(index, name) | set(replaced_otherwise(index, name))
        index.names_set[name] = frozenset(found)
    return index.names_set[name]


def _names_set(index: Index, name: ModuleName) -> set[str]:
    found: set[str] = set()
    for module in importers(index, name):
        for attribute in _attribute_nodes(index, module, name):
            if not isinstance(attribute.ctx, ast.Load):
                found.add(attribute.attr)
        for node in module.calls:
            if len(node.args) > 1:
                found |= set(_set_by_call(index, module, node, name))
    return found


def _set_by_call(index: Index, module: Module, node: ast.Call, name: ModuleName) -> Iterator[str]:
    callee = getattr(node.func, "attr", getattr(node.func, "id", ""))
    holder, what = node.args[0], node.args[1]
    if callee not in {"setattr", "delattr", "object"} or not isinstance(what, ast.Constant):
        return
    if isinstance(what.value, str) and _is_module(index, module, holder, name):
        yield what.value


def _is_module(index: Index, module: Module, node: ast.expr, name: ModuleName) -> bool:
    if isinstance(node, ast.Name):
        return any(
            index.resolve_import(item) == Origin("module", name)
            for item in module.imports
            if item.bound == node.id
        )
    return isinstance(node, ast.Attribute) and ast.unparse(node) == name


def _names_in_strings(index: Index, name: ModuleName) -> set[str]:
    """`patch("pkg.mod.requests")` needs `requests` in `pkg.mod`."""
    if name not in index.names_in_strings:
        needle = name.encode() + b"."
        pattern = re.compile(rb"(?<![\w.])%s(\w+)" % re.escape(needle))
        found: set[str] = set()
        for file in index.workspace.mentioning({name.tail}):
            if needle in file.data:
                found |= {match.decode() for match in pattern.findall(file.data)}
        index.names_in_strings[name] = found
    return index.names_in_strings[name]
