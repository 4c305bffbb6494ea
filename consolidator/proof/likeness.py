"""Whether code is the same code: syntax trees compared with what a move may change taken out."""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Iterator

from consolidator.edits.draft import Draft
from consolidator.edits.fixed_loggers import said_to_get_logger
from consolidator.index.definitions import definition
from consolidator.index.module import Module, is_type_checking


def moved_alike(draft: Draft, target: Module) -> Iterator[str]:
    """The names of travelling definitions whose code in the target is not what it was."""
    renames = {need.rename: need.name for need in draft.needs if need.rename}
    needed = {need.name for need in draft.needs}
    # from m import C / from m import C as K    # the target may know both by one name
    both = {called: name for called, name in renames.items() if called in needed}
    both |= _reached_through_the_home(draft)
    source = draft.closure.source
    for item in draft.closure.definitions:
        there = definition(target, item.name)
        if there is None:
            yield item.name
            continue
        mine = [_plain(source.body[i], both, quoted=renames) for i in item.statements]
        theirs = [_plain(target.body[i], renames) for i in there.statements]
        if mine != theirs:
            yield item.name


def _reached_through_the_home(draft: Draft) -> dict[str, str]:
    """What the home calls by its own name, by how it was got at: `core.Base` is `Base`."""
    chains = (
        (need.name, [attribute.attr for attribute in use.attributes[: need.through]])
        for need in draft.needs
        for use in need.uses
        if need.through
    )
    return {".".join([root, *path]): path[-1] for root, path in chains}


def left_stub(old: Module, new: Module) -> frozenset[str]:
    """The names that the source's stub defined and does no longer."""
    return frozenset(
        name
        for name in old.scope.bindings
        if definition(old, name) is not None and definition(new, name) is None
    )


def stub_alike(names: frozenset[str], source: Module, target: Module) -> Iterator[str]:
    """Those names that the target's stub does not describe as the source's did.

    What one of them imports under an alias may go by another name.
    """
    for name in sorted(names):
        mine, theirs = _trees(source, name), _trees(target, name)
        for one, other in zip(map(ast.walk, mine), map(ast.walk, theirs), strict=False):
            for here, there in zip(one, other, strict=False):
                if not (isinstance(here, ast.Name) and isinstance(there, ast.Name)):
                    continue
                if _has_alias(source, here.id) or _has_alias(target, there.id):
                    there.id = here.id
        if not theirs or [ast.dump(tree) for tree in mine] != [ast.dump(tree) for tree in theirs]:
            yield name


def _trees(module: Module, name: str) -> list[ast.stmt]:
    found = definition(module, name)
    return [copy.deepcopy(module.body[index]) for index in found.statements] if found else []


def _has_alias(module: Module, name: str) -> bool:
    return any(item.alias for item in module.imports_by_name.get(name, []))


def rest_alike(
    draft: Draft, old: Module, new: Module, from_stub: frozenset[str] = frozenset()
) -> bool:
    """Whether the statements that did not move are the same but for imports and references.

    `from_stub` are the names that left the stub of the source, if this is a stub.
    """
    moved = draft.gone.names | from_stub
    if draft.survey.twin is not None and new.name == draft.survey.move.target:
        moved = from_stub  # the home's own stays as it is
    before, after = _texts(draft, old, moved), _texts(draft, new, moved)
    arrived = moved if new.name == draft.survey.move.target else frozenset[str]()
    own = _own_names(draft, old) | _aliases(draft, new)
    same = {text for text, _ in before} & {text for text, _ in after}
    left = [
        [
            plain
            for text, node in side
            if text not in same
            if (plain := _plain(node, own, draft, moved, arrived=arrived))
        ]
        for side in (before, after)
    ]
    order = [[text for text, _ in side if text in same] for side in (before, after)]
    if new.name == draft.survey.move.target:
        copied = {_plain(_block(draft, b), {}) for need in draft.needs for b in need.blocks}
        left[1] = [plain for plain in left[1] if plain not in copied]
    return left[0] == left[1] and order[0] == order[1]


def _own_names(draft: Draft, module: Module) -> dict[str, str]:
    """What the target calls the names that it imported from the source, by what it called them."""
    if module.name != draft.survey.move.target:
        return {}
    renamed = draft.survey.renamed
    return {
        item.bound: renamed.get(item.name, item.name)
        for item in module.imports
        if item.module == draft.survey.source.name and item.name in draft.gone.names and item.bound
    }


def _aliases(draft: Draft, module: Module) -> dict[str, str]:
    """What arrived, by what a module calls it: `source.C` may have become `target_C`."""
    return {
        item.alias: str(item.name)
        for item in module.imports
        if item.alias and item.module == draft.survey.move.target and item.name in draft.gone.names
    }


def _block(draft: Draft, index: int) -> ast.stmt:
    return draft.closure.source.body[index]


def _texts(draft: Draft, module: Module, moved: frozenset[str]) -> list[tuple[str, ast.stmt]]:
    return [
        (module.syntax.span(node).of(module.text), node)
        for node in _statements(draft, module, moved)
    ]


def _statements(draft: Draft, module: Module, moved: frozenset[str]) -> list[ast.stmt]:
    """The statements that did not move and do more than import."""
    skipped: set[int] = set()
    for name in moved if _is_end(draft, module) else ():
        found = definition(module, name)
        skipped |= set(found.statements) if found else set()
    return [
        statement
        for index, statement in enumerate(module.body)
        if index not in skipped and not _is_incidental(statement)
    ]


def _is_end(draft: Draft, module: Module) -> bool:
    return module.name in {draft.survey.source.name, draft.survey.move.target}


def _is_incidental(statement: ast.stmt) -> bool:
    """Imports, `__all__` and lazy leave-behinds are looked at by other obligations."""
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return True
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return statement.name == "__getattr__"
    leaves = [node for node in ast.walk(statement) if isinstance(node, ast.stmt)]
    simple = (ast.Import, ast.ImportFrom, ast.If, ast.Try, ast.Pass, ast.Assign)
    only_imports = any(isinstance(leaf, ast.Import | ast.ImportFrom) for leaf in leaves)
    # if TYPE_CHECKING: pass  # all of its imports have gone
    only_imports |= isinstance(statement, ast.If) and is_type_checking(statement, statement.body[0])
    if (only_imports or _does_nothing(statement)) and all(isinstance(i, simple) for i in leaves):
        return True
    names = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
    if "__all__" in names:
        return True
    return isinstance(statement, ast.Assign) and (
        _calls_logger(statement) or said_to_get_logger(statement) is not None
    )


def _does_nothing(statement: ast.stmt) -> bool:
    """`if FAST: pass`, where the import of what arrived was."""
    doing = (ast.Call, ast.Await, ast.NamedExpr, ast.Assign)
    nodes = list(ast.walk(statement))
    return isinstance(statement, ast.If) and not any(isinstance(node, doing) for node in nodes)


def _calls_logger(statement: ast.Assign) -> bool:
    return any(
        isinstance(node, ast.Name) and node.id == "__name__" for node in ast.walk(statement.value)
    )


def _plain(
    statement: ast.stmt,
    renames: dict[str, str],
    draft: Draft | None = None,
    moved: frozenset[str] = frozenset(),
    quoted: dict[str, str] | None = None,
    arrived: frozenset[str] = frozenset(),
) -> str:
    plain = _Plain(renames, draft, moved, quoted or renames, arrived)
    tree = plain.visit(copy.deepcopy(statement))
    return "" if tree is None else ast.dump(tree)


class _Plain(ast.NodeTransformer):
    """Takes out of a statement what a move may change in it."""

    def __init__(
        self,
        renames: dict[str, str],
        draft: Draft | None,
        moved: frozenset[str],
        quoted: dict[str, str],
        arrived: frozenset[str],
    ) -> None:
        self.renames, self.moved, self.quoted = renames, moved, quoted
        self.arrived = arrived
        self.modules: tuple[str, str] = ("", "")
        self.before: dict[str, str] = {}
        if draft is not None:
            self.before = {called: name for name, called in draft.survey.renamed.items()}
            self.modules = (draft.survey.source.name, draft.survey.move.target)

    def visit_Import(self, node: ast.Import) -> None:
        return None

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        return None

    def visit_Pass(self, node: ast.Pass) -> None:
        return None

    def visit_Try(self, node: ast.Try) -> ast.AST | None:
        """In the target the import of what arrives goes, with what was to serve instead."""
        instead = [each for handler in node.handlers for each in handler.body]
        idle = all(isinstance(each, ast.Assign | ast.Pass) for each in instead)
        left = self.modules[0].rpartition(".")[2]
        arriving = all(
            isinstance(each, ast.ImportFrom)
            and (each.module or left).rpartition(".")[2] == left
            and {alias.name for alias in each.names} <= self.arrived
            for each in node.body
        )
        if idle and arriving and not node.orelse and not node.finalbody:
            return None
        self.generic_visit(node)
        return node

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = self.renames.get(node.id, node.id)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        whole = self.renames.get(ast.unparse(node)) if _is_chain(node) else None
        if whole is not None:  # core.level, of `from pkg import core`, for `level`
            return ast.Name(whole, node.ctx)
        name = self.before.get(node.attr, node.attr)
        if name in self.moved and _is_chain(node):
            return ast.Name(name, node.ctx)
        self.generic_visit(node)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        # setattr(module, "C", …): the module is another one
        what = node.args[1] if len(node.args) > 1 else None
        named = isinstance(what, ast.Constant) and what.value in self.moved
        if named and isinstance(node.args[0], ast.Name | ast.Attribute):
            node.args[0] = ast.Name("module", ast.Load())
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if isinstance(node.value, str) and self.modules[0]:
            node.value = self._as_type(self._at_home(node.value))
        if isinstance(node.value, str):
            for new, old in self.quoted.items():  # in a quoted type; prose may have both names
                either = "|".join(map(re.escape, (new, old)))
                node.value = re.sub(rf"\b(?:{either})\b", old, node.value)
        return node

    def _at_home(self, text: str) -> str:
        """A string with the target in place of the source: `pkg.home.C` for `pkg.C` as well."""
        source, target = (f"{name}." for name in self.modules)
        parts = text.split(target) if target.startswith(source) else [text]
        return target.join(part.replace(source, target) for part in parts)

    def _as_type(self, text: str) -> str:
        """A string without the module of what moved, if it may be a type: `cast("source.C", x)`."""
        if not any(f".{name}" in text for name in (*self.moved, *self.before)):
            return text
        try:
            tree = ast.parse(text, mode="eval").body
        except (SyntaxError, ValueError):
            return text
        return ast.unparse(self.visit(tree))

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = self._unquoted(node.annotation)
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        annotation = self._unquoted(node.annotation)
        self.generic_visit(node)
        node.annotation = annotation or node.annotation
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
        returns = self._unquoted(node.returns)
        node.returns = None
        self.generic_visit(node)
        node.returns = returns
        return node

    visit_AsyncFunctionDef = visit_FunctionDef

    def _unquoted(self, annotation: ast.expr | None) -> ast.expr | None:
        if annotation is None:
            return None
        tree: ast.expr = annotation
        if isinstance(tree, ast.Constant) and isinstance(tree.value, str):
            try:
                tree = ast.parse(tree.value, mode="eval").body
            except SyntaxError:
                return annotation
        visited = self.visit(tree)
        text = ast.unparse(visited).replace('"', "").replace("'", "")
        return ast.Constant(text)


def _is_chain(node: ast.Attribute) -> bool:
    root: ast.expr = node
    while isinstance(root, ast.Attribute):
        root = root.value
    return isinstance(root, ast.Name)
