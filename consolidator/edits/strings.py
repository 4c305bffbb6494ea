"""Dotted paths in strings: what `patch("pkg.mod.C")` and settings say of the moved names."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from consolidator.edits.closure import Closure
from consolidator.edits.needs import Need
from consolidator.edits.rebound import is_kept_for_later
from consolidator.edits.references import Reference
from consolidator.edits.text_edit import TextEdit
from consolidator.errors import Location, Problem, Refusal
from consolidator.index.index import Index
from consolidator.index.module import Module
from consolidator.names import ModuleName, Span
from consolidator.plan import MoveOptions
from consolidator.workspace.plan_files import is_plan


@dataclass(frozen=True, slots=True)
class StringUse:
    """One `source.name` in a string, or in a file that is not Python."""

    path: str
    location: Location
    span: Span
    """Of the whole dotted prefix `source.name`."""
    name: str
    has_rest: bool
    """Something follows: `source.name.attribute`."""
    is_patch: bool
    """It says which binding a test replaces."""
    separator: str = "."
    """`:` in an entry point."""


@dataclass(frozen=True)
class StringEdits:
    """What is rewritten, what is left and listed, and what has to be read through the source."""

    edits: dict[str, list[TextEdit]]
    references: tuple[Reference, ...]
    split: frozenset[str]
    """Names whose patches must reach readers on both sides."""
    released: frozenset[str]
    """Names of the source that no string asks for any more."""
    accepted: tuple[Problem, ...] = ()


def find_strings(index: Index, source: ModuleName) -> Iterator[StringUse]:
    """Every dotted path below `source` in the strings of the project's Python files."""
    pattern = re.compile(r"(?<![\w.])" + re.escape(source) + r"\.([A-Za-z_]\w*)(?P<rest>\.\w)?")
    needle = f"{source}.".encode()
    for file in index.workspace.mentioning({source.tail}):
        if needle not in file.data:
            continue
        module = index.readable(file.path)
        if module is not None and pattern.search(module.text):
            yield from _in_module(module, pattern)


def _in_module(module: Module, pattern: re.Pattern[str]) -> Iterator[StringUse]:
    patched = {id(node) for node in _patch_targets(module)}
    for node in ast.walk(module.syntax.tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        if not pattern.search(node.value):
            continue
        span = module.syntax.span(node)
        for match in pattern.finditer(span.of(module.text)):
            start, end = span.start + match.start(), span.start + match.end(1)
            line = module.syntax.line_of(start)
            location = Location(module.path, line, module.syntax.line_text(line))
            whole = match.group(0).removesuffix(match["rest"] or "") == node.value or bool(
                match["rest"]
            )
            is_patch = id(node) in patched and whole
            yield StringUse(
                module.path, location, Span(start, end), match[1], bool(match["rest"]), is_patch
            )


def _patch_targets(module: Module) -> Iterator[ast.AST]:
    """The first arguments of `patch(…)`, `mocker.patch(…)`, `monkeypatch.setattr("…", …)`."""
    for node in module.calls:
        if not node.args:
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        holder = getattr(getattr(node.func, "value", None), "attr", "") or getattr(
            getattr(node.func, "value", None), "id", ""
        )
        if name in {"patch", "setattr", "delattr", "spy", "stub"} or (
            holder == "patch" and name in {"multiple", "dict"}
        ):
            yield node.args[0]


def edit_strings(
    uses: Iterable[StringUse],
    closure: Closure,
    needs: tuple[Need, ...],
    target: ModuleName,
    options: MoveOptions,
    left: frozenset[str],
    function_level: frozenset[str],
    renamed: Mapping[str, str] = MappingProxyType({}),
    *,
    is_bound: bool = True,
) -> StringEdits:
    """Let every patch go on to reach the readers of what it replaces.

    `left` are the names that a leave-behind offers, `function_level` those that other modules
    read from the source at call time and will read from the target; `renamed` what it calls them.
    Unless the source goes on to bind them (`is_bound`), its own functions read the target too.
    """
    editor = _StringEditor(closure, needs, target, options, left, function_level, renamed, is_bound)
    for use in uses:
        editor.consider(use)
    released = editor.asked - editor.kept
    return StringEdits(
        editor.edits,
        tuple(editor.references),
        frozenset(editor.split),
        frozenset(released),
        tuple(editor.accepted),
    )


class _StringEditor:
    def __init__(
        self,
        closure: Closure,
        needs: tuple[Need, ...],
        target: ModuleName,
        options: MoveOptions,
        left: frozenset[str],
        function_level: frozenset[str],
        renamed: Mapping[str, str],
        is_bound: bool,
    ) -> None:
        self.is_bound = is_bound
        self.closure, self.target, self.options = closure, target, options
        self.needs = {need.name: need for need in needs}
        self.left, self.function_level, self.renamed = left, function_level, renamed
        self.edits: dict[str, list[TextEdit]] = {}
        self.references: list[Reference] = []
        self.split: set[str] = set()
        self.asked: set[str] = set()
        self.kept: set[str] = set()
        self.accepted: list[Problem] = []

    def consider(self, use: StringUse) -> None:
        self.asked.add(use.name)
        if use.name in self.closure.names:
            self._moved_name(use)
        elif use.name in self.needs and use.is_patch:
            self._name_read(use)
        else:
            self.kept.add(use.name)

    def _moved_name(self, use: StringUse) -> None:
        replaces_binding = use.is_patch and not use.has_rest
        if replaces_binding:
            stays = self.is_bound and self._read_by_what_stays(use.name)
            if not stays:
                self._rewrite(use, use.name, "patch")
                return
            if self._read_by_what_moved(use.name) or use.name in self.function_level:
                self._refuse_split(use)
            self._keep(use, "patch", "its readers stay")
            return
        kind = "patch" if use.is_patch else "string"
        if self.options.strings == "rewrite" or (use.name not in self.left and use.is_patch):
            self._rewrite(use, use.name, kind)
        else:
            reaches = use.name in self.left
            note = "works through the leave-behind" if reaches else "no longer names anything"
            self._keep(use, kind, note)

    def _name_read(self, use: StringUse) -> None:
        need = self.needs[use.name]
        from_source = any(i.module == self.closure.source.name for i in need.imported)
        if need.how == "nowhere" or (need.how == "lazy" and from_source):
            self.kept.add(use.name)
            if not need.rename and any(map(is_kept_for_later, need.uses)) and not use.has_rest:
                self.split.add(use.name)
            return
        if use.has_rest and from_source:
            self.kept.add(use.name)  # patch("pkg.core.Base.run"), and the home imports pkg.core
            return
        stays = self._read_by_what_stays(use.name)
        if not stays:
            self._rewrite(use, need.rename or use.name, "patch")
        elif use.has_rest:
            # patch("mod.requests.get") changes an object that both sides share
            self.kept.add(use.name)
        elif all(not u.deferred for u in need.uses):
            self.kept.add(use.name)  # read once, when the module was imported: never patched
        else:
            self.split.add(use.name)
            self.kept.add(use.name)

    def _read_by_what_stays(self, name: str) -> bool:
        inside = set(self.closure.statements)
        readers = self.closure.source.readers.get(name, [])
        return any(use.statement not in inside for use in readers)

    def _read_by_what_moved(self, name: str) -> bool:
        inside = set(self.closure.statements)
        readers = self.closure.source.readers.get(name, [])
        return any(
            use.statement in inside and use.deferred and not use.annotation for use in readers
        )

    def _rewrite(self, use: StringUse, name: str, kind: str) -> None:
        source = self.closure.source.name
        name = self.renamed.get(name, name)
        edit = TextEdit(
            use.span,
            f"{source}{use.separator}{use.name}",
            f"{self.target}{use.separator}{name}",
        )
        self.edits.setdefault(use.path, []).append(edit)
        self.references.append(
            Reference("patch" if kind == "patch" else "string", use.location, True)
        )

    def _keep(self, use: StringUse, kind: str, note: str) -> None:
        self.kept.add(use.name)
        self.references.append(
            Reference("patch" if kind == "patch" else "string", use.location, False, note)
        )

    def _refuse_split(self, use: StringUse) -> None:
        problem = Problem(
            "patch-split",
            f"this patch replaces `{use.name}` for code that stays and for code that moves",
            use.location,
            "patch both places, then go on with --accept patch-split",
        )
        if problem.code not in self.options.accept:
            raise Refusal(problem)
        self.accepted.append(replace(problem, severity="warning"))


def find_text_mentions(
    index: Index, source: ModuleName, names: frozenset[str]
) -> Iterator[StringUse]:
    """`source.name` in settings and documentation."""
    pattern = re.compile(
        r"(?<![\w.])"
        + re.escape(source)
        + r"[.:]("
        + "|".join(map(re.escape, sorted(names)))
        + r")\b"
    )
    needle = source.encode()
    for path in index.workspace.text_paths():
        file = index.workspace.file(path)
        if needle not in file.data or is_plan(file.data):
            continue
        try:
            text = file.text
        except Refusal:
            continue
        for match in pattern.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            start = text.rfind("\n", 0, match.start()) + 1
            shown = text[start:].partition("\n")[0].rstrip("\r")
            yield StringUse(
                path,
                Location(path, line, shown),
                Span(match.start(), match.end(1)),
                match[1],
                text[match.end() : match.end() + 1] == ".",
                False,
                text[match.start(1) - 1],
            )
