"""The obligations of changes that are no moves, and of a whole batch of changes."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Sequence

from consolidator.edits.merge.members import ClassSide
from consolidator.edits.tree_edit import TreeEdit
from consolidator.errors import Problem, Refusal
from consolidator.index.class_identity.shape import bound
from consolidator.index.definitions import definition
from consolidator.index.index import Index
from consolidator.index.module import Module
from consolidator.proof.obligations import (
    compile_error,
    failed,
    imports_resolve_in,
    newly_undefined,
)
from consolidator.proof.undefined import undefined_names


def prove_edit(edit: TreeEdit) -> None:
    """Raise `Refusal` (`not-proved`) unless every obligation of the change holds."""
    before, after = edit.index, edit.index.after(edit.after())
    paths = [path for path in edit.changes() if path.endswith((".py", ".pyi"))]
    problems = list(_parses(before, after, paths))
    if not problems:
        problems = [
            *_nothing_else(edit, before, after, paths),
            *imports_resolve_in(before, after, paths),
            *_nothing_unbound(edit, before, after, paths),
            *(problem for path in paths for problem in newly_undefined(before, after, path)),
        ]
    if problems:
        raise Refusal(problems)


def prove_whole(before: Index, after: Index, changed: Sequence[str]) -> None:
    """The same of many changes at once: each was proved by itself, this holds the ends together."""
    paths = [path for path in changed if path.endswith((".py", ".pyi"))]
    known = {path for path in paths if before.workspace.has(path)}
    undefined_before = {
        name
        for path in known
        if before.readable(path) is not None
        for name in undefined_names(before, before.module_at(path))
    }
    problems = list(_parses(before, after, paths))
    if not problems:
        problems = [
            *imports_resolve_in(before, after, paths),
            *(
                problem
                for path in paths
                for problem in newly_undefined(before, after, path, undefined_before)
            ),
        ]
    if problems:
        raise Refusal(problems)


def _parses(before: Index, after: Index, paths: Sequence[str]) -> Iterator[Problem]:
    """Every changed file parses, and compiles if it did before."""
    for path in paths:
        module = after.readable(path)
        if module is None:
            yield failed(f"{path} would not parse: {after.unreadable[path]}", path)
            continue
        compiled = before.workspace.has(path) and not compile_error(before.workspace.file(path))
        if compiled and (reason := compile_error(module.file)):
            yield failed(f"{path} would not compile: {reason}", path)


def _nothing_else(
    edit: TreeEdit, before: Index, after: Index, paths: Sequence[str]
) -> Iterator[Problem]:
    """No statement is another but imports, what they bind, and the class that grows."""
    for path in paths:
        old, new = before.module_at(path), after.module_at(path)
        if _rest(edit, old) != _rest(edit, new):
            yield failed(f"code of {path} that has nothing to do with it would change", path)
        grown = edit.grown.name if edit.grown and edit.grown.module == new.name else ""
        if grown and not _only_grows(old, new, grown):
            yield failed(f"`{grown}` would lose something it had", path)


def _rest(edit: TreeEdit, module: Module) -> list[str]:
    """The statements of a module without imports and without what the change is about."""
    skipped = set(edit.arrived)
    if edit.grown is not None and edit.grown.module == module.name:
        skipped.add(edit.grown.name)
    found = []
    for statement in module.body:
        if skipped & set(bound(statement)):
            continue
        tree = _Rest(edit).visit(copy.deepcopy(statement))
        found += [] if tree is None else [ast.dump(tree)]
    return found


class _Rest(ast.NodeTransformer):
    """Takes out of a statement what a change of imports may change in it."""

    def __init__(self, edit: TreeEdit) -> None:
        self.edit = edit

    def visit_Import(self, node: ast.Import) -> None:
        return None

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        return None

    def visit_Pass(self, node: ast.Pass) -> None:
        return None

    def visit_Assign(self, node: ast.Assign) -> ast.AST | None:
        self.generic_visit(node)
        names = {getattr(target, "id", "") for target in node.targets}
        return None if names <= self.edit.unbound else node

    def visit_Try(self, node: ast.Try) -> ast.AST | None:
        self.generic_visit(node)
        bodies = [node.body, node.orelse, node.finalbody, *(h.body for h in node.handlers)]
        return node if any(bodies) else None

    def visit_If(self, node: ast.If) -> ast.AST | None:
        self.generic_visit(node)
        return node if node.body or node.orelse else None

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        dotted = ast.unparse(node) if is_dotted(node) else ""
        for old, new in self.edit.modules.items():
            if dotted in {old, new}:
                return ast.Name(new, node.ctx)
        self.generic_visit(node)
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if isinstance(node.value, str):
            for old, new in self.edit.modules.items():
                node.value = node.value.replace(f"{old}.", f"{new}.")
        return node


def is_dotted(node: ast.expr) -> bool:
    """`a.b.c`: attributes of a name, and nothing else."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def _only_grows(old: Module, new: Module, name: str) -> bool:
    """Whether the class has everything that it had, in the same order, as it was."""
    sides = []
    for module in (old, new):
        found = definition(module, name)
        if found is None:
            return False
        sides.append(ClassSide(module, found, {}))
    before, after = sides
    kept = [member.code for n, member in after.members.items() if n in before.members]
    return (
        [member.code for member in before.members.values()] == kept
        and before.header == after.header
        and before.attached == after.attached
    )


def _nothing_unbound(
    edit: TreeEdit, before: Index, after: Index, paths: Sequence[str]
) -> Iterator[Problem]:
    """No module loses a name, but for those that the change is to take away."""
    for path in paths:
        if not before.workspace.has(path):
            continue
        new = after.module_at(path)
        lost = set(before.module_at(path).scope.bindings) - set(new.scope.bindings)
        for name in sorted(lost - edit.unbound):
            if name in new.readers:
                yield failed(f"{path} would no longer bind `{name}`", path)
