"""Modules that read the settings of Django when they are imported."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from consolidator.index.definitions import definition
from consolidator.index.fallbacks import is_certain
from consolidator.index.index import Index
from consolidator.index.module import Import, Module
from consolidator.index.scopes import NameUse
from consolidator.names import ModuleName

_SETTINGS = ModuleName("django.conf")
_ALWAYS_THERE = frozenset({"configure", "configured", "is_overridden"})
_ASKING = frozenset({"getattr", "hasattr"})
_GIVES_ANYTHING = frozenset({"__getattr__", "__getattribute__"})


def may_read_settings(index: Index, path: str, name: ModuleName) -> bool:
    """Whether a file, or one that it imports, takes the settings: worth parsing it."""
    return _takes_settings(index, path, name) or any(
        _takes_settings(index, index.workspace.path_of(each), each)
        for each in index.modules_among(index.imported_for_certain(path, name))
    )


def _takes_settings(index: Index, path: str | None, name: ModuleName) -> bool:
    return path is not None and _SETTINGS in index.imported_for_certain(path, name)


def reads_settings(index: Index, module: Module) -> bool:
    """Whether importing a module reads a setting, which Django has only once it is configured.

    LIMIT = settings.LIMIT
    TIMEOUT = getattr(settings, "TIMEOUT", 3)
    class Pages: size = api_settings.SIZE    # whose `__getattr__` reads `settings`
    """
    return any(
        _is_read(module, use) and is_certain(module, use)
        for name in _names_of_settings(index, module)
        for use in module.readers.get(name, [])
    )


def _names_of_settings(index: Index, module: Module) -> Iterator[str]:
    for item in module.imports:
        if item.scope is module.scope and (_is_settings(item) or _is_proxy_of(index, item)):
            yield item.bound
    if any(map(_is_settings, module.imports)):
        yield from (name for name in module.scope.bindings if _is_proxy(module, name))


def _is_settings(item: Import) -> bool:
    return item.module == _SETTINGS and item.name == "settings"


def _is_proxy_of(index: Index, item: Import) -> bool:
    origin = index.resolve_import(item) if item.name else None
    path = index.workspace.path_of(origin.module) if origin and origin.name else None
    if origin is None or path is None or not _takes_settings(index, path, origin.module):
        return False
    home = index.readable(path)
    return home is not None and _is_proxy(home, origin.name)


def _is_proxy(module: Module, name: str) -> bool:
    """Whether a name is an object, of a class of its module, that looks things up in the settings.

    api_settings = APISettings(DEFAULTS)
    """
    found = definition(module, name)
    value = getattr(module.body[found.statements[0]], "value", None) if found else None
    maker = value.func if isinstance(value, ast.Call) else None
    kind = definition(module, maker.id) if isinstance(maker, ast.Name) else None
    body = module.body[kind.statements[0]] if kind else None
    if kind is None or not isinstance(body, ast.ClassDef):
        return False
    gives = any(getattr(each, "name", "") in _GIVES_ANYTHING for each in body.body)
    names = [item.bound for item in module.imports if _is_settings(item)]
    uses = [use for each in names for use in module.readers.get(each, [])]
    return gives and any(use.statement in kind.statements for use in uses)


def _is_read(module: Module, use: NameUse) -> bool:
    if use.attributes:
        return use.attributes[0].attr not in _ALWAYS_THERE
    statement = module.body[use.statement]
    return not use.deferred and any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in _ASKING
        and node.args[:1] == [use.node]
        for node in ast.walk(statement)
    )
