"""Whether code means the same in two modules: the same code, and every free name in it too."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from consolidator.edits.closure import close
from consolidator.edits.pinned import depends_on_module, names_a_logger
from consolidator.edits.strategy import Strategy
from consolidator.index.definitions import (
    Definition,
    definition,
    is_import_block,
    is_own_logger,
    uses_of,
)
from consolidator.index.importers import names_set, names_taken
from consolidator.index.index import Index, Origin
from consolidator.index.module import Module, absolute
from consolidator.index.scopes import NameUse

_IMMUTABLE_CALLS = frozenset(
    {"frozenset", "tuple", "compile", "TypeVar", "ParamSpec", "NewType", "timedelta", "Decimal"}
    | {"int", "float", "str", "bytes", "bool", "Path", "PurePath"}
)


@dataclass(frozen=True, slots=True)
class Unlike:
    """A free name that means one thing in the copy's module and another in the home."""

    use: NameUse
    here: str
    there: str


@dataclass
class Environment:
    """What the names that a copy uses mean in its own module (`here`) and in the home (`there`).

    A helper that both modules define counts as the same when its code and its own names are, and
    when nothing tells the two apart: it goes with the copy, or is a function or a constant.
    """

    index: Index
    here: Module
    there: Module
    renamed: Mapping[str, str] = field(default_factory=dict)
    helpers: set[str] = field(default_factory=set)
    """Definitions of `here` that `there` has in the same way, as far as they were asked about."""

    def differences(self, item: Definition, uses: Iterable[NameUse]) -> Iterator[Unlike]:
        """The free names among `uses` of a definition that do not mean the same."""
        for use in _first_uses(uses):
            if use.name not in item.names and not self._same_name(use):
                yield self._unlike(use)

    def split_state(self, item: Definition) -> Iterator[Unlike]:
        """Helpers that would be two where they were one: shared with what stays, and not plain."""
        taken = names_taken(self.index, self.here.name)
        pinned = frozenset(self.here.scope.bindings) - self.helpers
        plain = Strategy("import back")
        leaving = close(self.here, (item,), plain, pinned, taken).names
        for name in sorted(self.helpers - leaving):
            found = definition(self.here, name)
            if found is not None and not _is_plain(self.here, found):
                use = self.here.readers[name][0]
                shared = f"{self.here.name}.{name} (which code that stays uses too)"
                yield Unlike(use, shared, f"{self.there.name}.{name}")

    def _unlike(self, use: NameUse) -> Unlike:
        return Unlike(use, self._meaning(self.here, use.name), self._meaning(self.there, use.name))

    def _meaning(self, module: Module, name: str) -> str:
        if name not in module.scope.bindings and not module.star_imports:
            return f"nothing that {module.name} binds"
        return str(self.index.resolve(module.name, name))

    def _same_name(self, use: NameUse) -> bool:
        name = use.name
        if name in self.helpers:
            return True
        if depends_on_module(self.here, use):
            return names_a_logger(self.here, use)
        mine, theirs = self._bound(self.here, name), self._bound(self.there, name)
        if not mine and not theirs:
            return True  # a builtin, or broken in both
        if mine != theirs:
            return self._star(name) and self._same_origin(name)
        if name in names_set(self.index, self.here.name):
            return False  # tests and others replace it in one of the modules
        if self._imports(self.here, name) and self._imports(self.there, name):
            return self._same_origin(name) and self._same_imports(name)
        if self._same_origin(name):
            return True
        return self._same_definition(name)

    def _star(self, name: str) -> bool:
        return bool(self.here.star_imports or self.there.star_imports)

    def _bound(self, module: Module, name: str) -> bool:
        return name in module.scope.bindings

    def _same_origin(self, name: str) -> bool:
        mine = self.index.resolve(self.here.name, name)
        theirs = self.index.resolve(self.there.name, name)
        return mine == theirs and mine != Origin("unknown", self.here.name, name)

    def _imports(self, module: Module, name: str) -> bool:
        statements = {binding.statement for binding in module.bindings(name)}
        return bool(module.imports_by_name.get(name)) and all(
            isinstance(module.body[i], ast.Import | ast.ImportFrom)
            or is_import_block(module.body[i])
            for i in statements
        )

    def _same_imports(self, name: str) -> bool:
        """The same thing, bound in the same way: also in guards, and what stands in for it."""
        mine, theirs = self._origins(self.here, name), self._origins(self.there, name)
        if mine != theirs:
            return False
        blocks = [_guards(module, name) for module in (self.here, self.there)]
        return blocks[0] == blocks[1] or not any(map(_binds_otherwise, blocks))

    def _origins(self, module: Module, name: str) -> set[Origin]:
        return {self.index.resolve_import(item) for item in module.imports_by_name[name]}

    def _same_definition(self, name: str) -> bool:
        mine, theirs = definition(self.here, name), definition(self.there, name)
        if mine is None or theirs is None or mine.kind != theirs.kind:
            return False
        if not same_code(self.here, mine, self.there, theirs, self.renamed):
            return False
        if _is_logger(self.here, mine):
            return True
        self.helpers.add(name)  # and while it is being looked at: helpers may be recursive
        uses = uses_of(self.here, mine.statements)
        if any(True for _ in self.differences(mine, uses)):
            self.helpers.discard(name)
            return False
        return True


def same_code(
    here: Module,
    mine: Definition,
    there: Module,
    theirs: Definition,
    renamed: Mapping[str, str] = MappingProxyType({}),
) -> bool:
    """Whether two definitions are the same but for docstrings, comments and formatting."""
    return code_of(here, mine, renamed) == code_of(there, theirs)


def code_of(
    module: Module, item: Definition, renamed: Mapping[str, str] = MappingProxyType({})
) -> list[str]:
    """The code of a definition without docstrings, comments and formatting, to compare."""
    return [plain_code(module, module.body[index], renamed) for index in item.statements]


def plain_code(
    module: Module, node: ast.stmt, renamed: Mapping[str, str] = MappingProxyType({})
) -> str:
    """One statement in the same way; relative imports in it are made absolute."""
    return ast.dump(_Plain(module, renamed).visit(copy.deepcopy(node)))


def without_imports(
    module: Module, node: ast.stmt, renamed: Mapping[str, str] = MappingProxyType({})
) -> str:
    """The same without the imports in it."""
    tree = _Plain(module, renamed).visit(copy.deepcopy(node))
    return ast.dump(_WithoutImports().visit(tree))


class _WithoutImports(ast.NodeTransformer):
    def visit_Import(self, node: ast.Import) -> None:
        return None

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        return None


class _Plain(ast.NodeTransformer):
    def __init__(self, module: Module, renamed: Mapping[str, str]) -> None:
        self.module, self.renamed = module, renamed

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST:
        if node.level:
            node.module, node.level = absolute(self.module, node), 0
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.name = self.renamed.get(node.name, node.name)
        return self._without_words(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._without_words(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._without_words(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = self.renamed.get(node.id, node.id)
        return node

    def _without_words(
        self, node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    ) -> ast.AST:
        self.generic_visit(node)
        node.body = [statement for statement in node.body if not is_idle(statement)]
        return node


def is_idle(statement: ast.stmt) -> bool:
    """A docstring, another bare constant, or `pass`."""
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant)
    return isinstance(statement, ast.Pass)


def _first_uses(uses: Iterable[NameUse]) -> Iterable[NameUse]:
    found: dict[str, NameUse] = {}
    for use in uses:
        found.setdefault(use.name, use)
    return found.values()


def _guards(module: Module, name: str) -> list[str]:
    return [
        plain_code(module, module.body[index])
        for index in sorted({binding.statement for binding in module.bindings(name)})
        if not isinstance(module.body[index], ast.Import | ast.ImportFrom)
    ]


def _binds_otherwise(blocks: list[str]) -> bool:
    """`except ImportError: yaml = None`."""
    return any("Assign(" in block for block in blocks)


def _is_logger(module: Module, item: Definition) -> bool:
    return all(is_own_logger(module.body[index]) for index in item.statements)


def _is_plain(module: Module, item: Definition) -> bool:
    """Whether it makes no difference that there are two: a function, an unchanging value."""
    statements = [module.body[index] for index in item.statements]
    if item.kind == "function":
        return all(isinstance(s, ast.FunctionDef | ast.AsyncFunctionDef) for s in statements)
    return item.kind == "constant" and all(
        isinstance(s, ast.Assign | ast.AnnAssign) and s.value is not None and _unchanging(s.value)
        for s in statements
    )


def _unchanging(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        called = getattr(node.func, "attr", getattr(node.func, "id", ""))
        return called in _IMMUTABLE_CALLS
    changing = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
    return not isinstance(node, (*changing, ast.GeneratorExp, ast.Await, ast.Yield)) and all(
        _unchanging(child) for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)
    )
