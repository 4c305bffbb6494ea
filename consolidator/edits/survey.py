"""What is there before a move: the definitions, the source, the target, and what they share."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from consolidator.edits.annotation_readers import evaluated_classes, reads_raw_annotations
from consolidator.edits.attribute_uses import AttributeUse, uses_through_modules
from consolidator.edits.builtin_names import BUILTINS
from consolidator.edits.cutting import shares_a_line
from consolidator.edits.dependencies import users_needing_more
from consolidator.edits.imports.example import as_shown_by
from consolidator.edits.imports.habits import Habits, habits_at
from consolidator.edits.imports.names import Surroundings
from consolidator.edits.pinned import module_dependence, pinned_names, place
from consolidator.edits.strings import StringUse, find_strings
from consolidator.edits.text_edit import TextEdit
from consolidator.edits.twin import Twin
from consolidator.errors import Location, Problem, Refusal, UsageError
from consolidator.index.definitions import Definition, bound_names, definition, uses_of
from consolidator.index.importers import names_set, names_taken
from consolidator.index.index import Index, Origin
from consolidator.index.module import Module
from consolidator.names import ModuleName
from consolidator.plan import Move, MoveOptions
from consolidator.workspace.unlisted import compiled_twin


@dataclass(frozen=True)
class Survey:
    """One move on today's tree, checked: everything here exists and may be moved."""

    index: Index = field(repr=False)
    move: Move
    options: MoveOptions
    source: Module
    target: Module | None
    target_files: tuple[str, ...]
    """The files to make for a target that does not exist yet, its own last."""
    roots: tuple[Definition, ...]
    merged: frozenset[str]
    """Names that the target defines in the same way already."""
    pinned: frozenset[str]
    taken: frozenset[str]
    """Names that other modules get from the source, `*` for all of them."""
    replaced: frozenset[str]
    """Names of the source that other modules replace in it, as tests do."""
    evaluated: frozenset[int]
    """Statements of the source: classes whose field annotations something evaluates."""
    warnings: tuple[Problem, ...]
    twin: Twin | None = None
    """What the one definition is merged into, if this is a merge."""

    @property
    def renamed(self) -> Mapping[str, str]:
        """What the target calls names of the source, where it calls them otherwise."""
        if self.twin is None or self.twin.called == self.twin.name:
            return {}
        return {self.twin.name: self.twin.called}

    @cached_property
    def habits(self) -> Habits:
        """How imports are written: as the project's settings say, or else the source shows."""
        said, source = habits_at(self.index.workspace.root), self.source
        return as_shown_by(source.syntax, Surroundings(source.name, source.is_package), said)

    @cached_property
    def import_edits(self) -> dict[object, list[TextEdit]]:
        """What changes of imports in other files come to: many a draft asks for the same ones."""
        return {}

    def uses_in(self, module: Module, names: frozenset[str]) -> list[AttributeUse]:
        """How another file reaches `names` of the source through modules, each file read once."""
        key = module.path, names
        if key not in self._uses:
            self._uses[key] = uses_through_modules(self.index, module, self.source.name, names)
        return self._uses[key]

    @cached_property
    def _uses(self) -> dict[tuple[str, frozenset[str]], list[AttributeUse]]:
        return {}

    @cached_property
    def strings(self) -> tuple[StringUse, ...]:
        """The dotted paths below the source in strings; every draft asks for them."""
        return tuple(find_strings(self.index, self.source.name))

    @property
    def target_path(self) -> str:
        """The file of the target, which may not exist yet."""
        return self.target.path if self.target is not None else self.target_files[-1]

    @property
    def target_is_package(self) -> bool:
        """Whether the target is a package's `__init__`."""
        return self.target_path.rpartition("/")[2].startswith("__init__.")


def survey(index: Index, move: Move, options: MoveOptions, twin: Twin | None = None) -> Survey:
    """Look at both ends of a move, or of a merge into a `twin` that was found alike.

    Raises `UsageError` when a name or module is not there, `Refusal` when it cannot be moved.
    """
    source = readable_module(index, move.source)
    target, files = _target(index, move)
    roots = tuple(_root(index, source, name) for name in dict.fromkeys(move.names))
    roots = tuple({root.statements: root for root in roots}.values())
    problems = [p for root in roots for p in _unmovable(index, source, root)]
    folder = (target.path if target is not None else files[-1]).rpartition("/")[0]
    problems += module_dependence(source, roots, folder)
    problems += _compiled(index, source, target)
    names = frozenset().union(*(root.names for root in roots))
    if twin is None:
        problems += _hidden_builtins(target, names)
    problems += _postponed(index, source, target, roots)
    leaves_behind = options.leave_behind != "none"
    problems += users_needing_more(index, source, move.target, roots, leaves_behind=leaves_behind)
    refused = [p for p in problems if p.code not in options.accept]
    if refused:
        raise Refusal(refused)
    merged = frozenset(
        root.name
        for root in roots
        if twin is not None or (target and _is_in_target(index, source, target, root))
    )
    replaced = names_set(index, source.name)
    return Survey(
        index,
        move,
        options,
        source,
        target,
        files,
        roots,
        merged,
        pinned=pinned_names(source, folder)
        | replaced
        | move.staying
        | _kept(index, source, target, twin),
        taken=names_taken(index, source.name),
        replaced=replaced,
        evaluated=evaluated_classes(index, source),
        warnings=tuple(replace(problem, severity="warning") for problem in problems),
        twin=twin,
    )


def readable_module(index: Index, name: ModuleName) -> Module:
    """The module of that name.

    Raises `UsageError` when there is none, `Refusal` when its file cannot be read.
    """
    path = index.workspace.path_of(name)
    if path is None:
        raise UsageError(f"there is no module {name} in this project")
    return _readable(index, path)


def _readable(index: Index, path: str) -> Module:
    """The module in a file; a `Refusal` that says where the file is wrong."""
    module = index.readable(path)
    if module is not None:
        return module
    text = index.workspace.file(path).text  # a `Refusal` when it cannot be decoded
    found = re.match(r"line (\d+): (.*)", index.unreadable[path], re.DOTALL)
    line, reason = (int(found[1]), found[2]) if found else (1, index.unreadable[path])
    shown = text.splitlines()[line - 1 : line]
    raise Refusal(
        Problem(
            "does-not-parse",
            f"{path} does not parse: {reason}",
            Location(path, line, "".join(shown)),
            "mend the file first",
        )
    )


def _target(index: Index, move: Move) -> tuple[Module | None, tuple[str, ...]]:
    path = index.workspace.path_of(move.target)
    if path is None:
        near = index.workspace.path_of(move.source)
        return None, index.workspace.new_module_files(move.target, near)
    return _readable(index, path), ()


def _compiled(index: Index, source: Module, target: Module | None) -> Iterator[Problem]:
    """The ends of the move that Python does not import as they stand here."""
    for module in (source, target):
        twin = compiled_twin(index.workspace.root, module.path) if module is not None else ""
        if module is not None and twin:
            yield Problem(
                "compiled-module",
                f"Python imports {twin} and not {module.path}",
                Location(module.path, 1),
                "delete it or choose another target; if it is built from this file, go on with "
                "--accept compiled-module and build it anew",
            )


def _root(index: Index, source: Module, name: str) -> Definition:
    found = definition(source, name)
    if found is None:
        raise UsageError(f"{source.name} does not define {name!r}")
    return found


def _unmovable(index: Index, source: Module, root: Definition) -> list[Problem]:
    problems = []
    for number in root.statements:
        if shares_a_line(source, number):
            problems.append(
                Problem(
                    "shared-line",
                    f"`{root.name}` stands on one line with another statement",
                    place(source, source.body[number]),
                    "put it on lines of its own first",
                )
            )
    extra = {
        name for name in root.names - {root.name} if not _serves_only(index, source, name, root)
    }
    compound = [i for i in root.statements if isinstance(source.body[i], ast.If | ast.Try)]
    if extra and compound:
        problems.append(
            Problem(
                "conditional-definition",
                f"`{root.name}` is defined in a block that also binds "
                + ", ".join(f"`{name}`" for name in sorted(extra)),
                place(source, source.body[compound[0]]),
                "take the definition out of the block first",
            )
        )
    between = _read_between(index, source, root)
    if between is not None:
        problems.append(
            Problem(
                "defined-twice",
                f"`{root.name}` is bound several times, and code in between uses it",
                place(source, source.body[between]),
                "give the definitions names of their own first",
            )
        )
    return problems


def _read_between(index: Index, source: Module, root: Definition) -> int | None:
    """A statement that stays and needs one of several bindings of a name at import time.

    class Point: ...
    _fields = [field(name) for name in Point.__slots__]    # travels: only the next line needs it
    Point = with_equality(Point, _fields)
    """
    bound = sorted({b.statement for b in source.bindings(root.name) if not b.via_global})
    for use in source.readers.get(root.name, []):
        stays = not use.deferred and use.statement not in root.statements
        if stays and bound[0] < use.statement < bound[-1]:
            made = bound_names(source, use.statement)
            serves = made and all(_serves_only(index, source, name, root) for name in made)
            if not serves:
                return use.statement
    return None


def _serves_only(index: Index, source: Module, name: str, root: Definition) -> bool:
    """Whether nothing but a definition, or what makes the name itself, uses a private name."""
    own = {binding.statement for binding in source.bindings(name)}
    readers = {use.statement for use in source.readers.get(name, [])}
    return (
        name.startswith("_")
        and readers <= own | {*root.statements}
        and name not in names_taken(index, source.name)
    )


def _postponed(
    index: Index, source: Module, target: Module | None, roots: tuple[Definition, ...]
) -> list[Problem]:
    """Annotations that something reads as they are, and that the target would make strings."""
    if target is None or not target.has_postponed_annotations or source.has_postponed_annotations:
        return []
    readers = reads_raw_annotations(index, source)
    return [
        Problem(
            "annotations-postponed",
            f"{target.name} has `from __future__ import annotations`, and what `{root.name}` is "
            "made with reads its annotations: they would be strings",
            place(source, source.body[statement]),
            "choose another target, or go on with --accept annotations-postponed",
        )
        for root in roots
        for statement in root.statements
        if statement in readers
    ]


def _hidden_builtins(target: Module | None, names: frozenset[str]) -> list[Problem]:
    """Builtins that the target's own code uses and that an arriving name would hide from it."""
    problems = []
    for name in sorted(names & BUILTINS) if target else ():
        assert target is not None
        if name in target.readers and name not in target.scope.bindings:
            problems.append(
                Problem(
                    "shadowed-builtin",
                    f"{target.name} uses the builtin `{name}`, which `{name}` would hide from it",
                    place(target, target.readers[name][0].node),
                    "choose another target or another name",
                )
            )
    return problems


def _kept(index: Index, source: Module, target: Module | None, twin: Twin | None) -> frozenset[str]:
    """Names that cannot go along: the target has other things of these names, or, in a merge,
    anything but the same.
    """
    if twin is not None:
        return frozenset(source.scope.bindings) - twin.helpers
    return clashing(index, source, target)


def clashing(index: Index, source: Module, target: Module | None) -> frozenset[str]:
    """Names of the source that the target binds to something else."""
    if target is None:
        return frozenset()
    found = set()
    for name in source.scope.bindings.keys() & (target.scope.bindings.keys() | BUILTINS):
        if name in target.scope.bindings:
            if index.resolve(target.name, name) != index.resolve(source.name, name):
                found.add(name)
        elif name in target.readers:
            found.add(name)
    return frozenset(found)


def _is_in_target(index: Index, source: Module, target: Module, root: Definition) -> bool:
    """Whether the target has the same definition; refuses when it has a different one."""
    theirs = definition(target, root.name)
    if theirs is None:
        for item in target.imports_by_name.get(root.name, []):
            origin = index.resolve_import(item)
            if origin != Origin("definition", source.name, root.name):
                raise Refusal(_different(source, target, root, str(origin)))
        return False
    if _same(index, source, root, target, theirs):
        return True
    raise Refusal(_different(source, target, root, ""))


def _same(
    index: Index, source: Module, mine: Definition, target: Module, theirs: Definition
) -> bool:
    """Same code, and every free name in it means the same."""
    if _dump(source, mine) != _dump(target, theirs):
        return False
    for use in uses_of(source, mine.statements):
        if use.name in mine.names:
            continue
        here = index.resolve(source.name, use.name)
        there = index.resolve(target.name, use.name)
        both_bound = use.name in source.scope.bindings and use.name in target.scope.bindings
        if here != there and (both_bound or here.kind != "unknown" or there.kind != "unknown"):
            return False
    return True


def _dump(module: Module, item: Definition) -> list[str]:
    return [ast.dump(module.body[index]) for index in item.statements]


def _different(source: Module, target: Module, root: Definition, other: str) -> Problem:
    node = target.bindings(root.name)[0].node
    if other:
        message = f"{target.name} binds `{root.name}` to another thing, {other}"
    else:
        message = (
            f"{target.name} defines another `{root.name}`:\n{_difference(source, target, root)}"
        )
    return Problem(
        "already-different",
        message,
        place(target, node),
        "make the two alike or rename one of them first",
    )


def _difference(source: Module, target: Module, root: Definition) -> str:
    theirs = definition(target, root.name)
    here = "\n".join(ast.unparse(source.body[i]) for i in root.statements)
    there = "\n".join(ast.unparse(target.body[i]) for i in theirs.statements) if theirs else ""
    lines = difflib.unified_diff(
        there.splitlines(), here.splitlines(), str(target.name), str(source.name), lineterm="", n=1
    )
    return "\n".join(list(lines)[:40])
