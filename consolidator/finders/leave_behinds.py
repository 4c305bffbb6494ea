"""Finds leave-behinds, and among them those that nobody in the project needs any more."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from consolidator.errors import Location, Refusal
from consolidator.finders.asks import absolute_name, all_asks, users_of_module
from consolidator.finders.binding_facts import binding_facts
from consolidator.finders.findings import ExpiredLeaveBehind, Suppression
from consolidator.finders.scene import Scene
from consolidator.finders.statement_text import code_of
from consolidator.index.file_facts import file_facts
from consolidator.index.outline import OutlinedImport
from consolidator.names import ModuleName, QualifiedName
from consolidator.workspace import SourceFile
from consolidator.workspace.config import DEFAULT_COMMENT
from consolidator.workspace.plan_files import is_plan

_ALL = re.compile(r"^__all__\b[^\[(\n]*[\[(][^\])]*[\])]", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class LeaveBehind:
    """An import with the comment above it that says where a definition went."""

    qualified: QualifiedName
    """The name in the module that it was moved out of."""
    target: ModuleName
    path: str
    comment_line: int
    """1-based line of the comment."""
    statement_line: int
    """1-based line of the import, or of the `def __getattr__` that it stands in."""
    item: OutlinedImport
    """The import, which stands in a `__getattr__` when the leave-behind is lazy."""


def find_expired_leave_behinds(scene: Scene) -> Iterator[ExpiredLeaveBehind]:
    """The leave-behinds whose name nobody takes from there: by import, attribute or string.

    Those that users of a package may know (in its `__init__`, or listed in `__all__`) are
    suppressed; what the module itself still uses is an ordinary import, and no finding.
    """
    left = scene.once(leave_behinds)
    words = {one.qualified.name for one in left}
    mentions = _mentioning(scene, words) if words else []
    for one in left:
        if not _is_used(scene, one, mentions):
            place = Location(one.path, one.comment_line)
            yield ExpiredLeaveBehind(one.qualified, one.target, place, _why_public(scene, one))


def leave_behinds(scene: Scene) -> tuple[LeaveBehind, ...]:
    """Every leave-behind of the project, by path and line."""
    templates = {DEFAULT_COMMENT, scene.index.workspace.config.comment} - {""}
    patterns = [_pattern(template) for template in sorted(templates)]
    return tuple(
        one
        for path in sorted(scene.outlines)
        for pattern, literal in patterns
        if literal in (file := scene.index.workspace.file(path)).data
        for one in _in_file(scene, file, pattern)
    )


def _pattern(template: str) -> tuple[re.Pattern[str], bytes]:
    """What finds a comment made by a template, and the longest piece of it that never varies."""
    parts: list[str] = []
    literals = [""]
    seen: set[str] = set()
    for literal, field, _, _ in string.Formatter().parse(template):
        literals += literal.splitlines()
        parts.append(re.escape(literal).replace("\n", "\r?\n"))
        if field:
            parts.append(f"(?P={field})" if field in seen else rf"(?P<{field}>[\w.]+)")
            seen.add(field)
    pattern = re.compile(rf"^{''.join(parts)}[ \t]*\r?$", re.MULTILINE)
    return pattern, max(literals, key=len).encode()


def _in_file(scene: Scene, file: SourceFile, pattern: re.Pattern[str]) -> Iterator[LeaveBehind]:
    text = file.text
    for match in pattern.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        below = text.count("\n", 0, match.end()) + 2
        for item in _imports_at(scene, file.path, text, below):
            target = absolute_name(scene, file.path, item.module)
            told = match.groupdict().get("target", target)
            if item.bound and target == told:
                name = QualifiedName(scene.module_of(file.path), item.bound)
                yield LeaveBehind(name, target, file.path, line, below, item)


def _imports_at(scene: Scene, path: str, text: str, line: int) -> Iterator[OutlinedImport]:
    """The imports of the statement at a line, which may be a `__getattr__` around them."""
    lines = text.split("\n")
    last = line
    if line <= len(lines) and lines[line - 1].startswith("def __getattr__("):
        while last < len(lines) and (not lines[last].strip() or lines[last][0] in " \t"):
            last += 1
    for item in scene.outlines[path].imports:
        if line <= item.line <= last and item.name not in (None, "*"):
            yield item


def _mentioning(scene: Scene, words: set[str]) -> list[SourceFile]:
    """The files, of code and of other text, in which one of the names stands."""
    workspace = scene.index.workspace
    found = list(workspace.mentioning(words))
    whole = re.compile(rb"\b(?:%s)\b" % b"|".join(re.escape(word.encode()) for word in words))
    for path in workspace.text_paths():
        try:
            file = workspace.file(path)
        except Refusal:
            continue
        if whole.search(file.data) and not is_plan(file.data):
            found.append(file)
    return found


def _is_used(scene: Scene, one: LeaveBehind, mentions: Sequence[SourceFile]) -> bool:
    taken = scene.once(all_asks).of_files.get(one.path, {})
    others = [path for path, _ in (*taken.get(one.qualified.name, ()), *taken.get("*", ()))]
    if any(path != one.path for path in others) or _uses_itself(scene, one):
        return True
    users = {path for path, _ in users_of_module(scene, one.path)}
    return any(_mentions(scene, one, file, users) for file in mentions if file.path != one.path)


def _mentions(scene: Scene, one: LeaveBehind, file: SourceFile, users: set[str]) -> bool:
    """Whether a file takes the name by attribute (`mod.C`) or string (`"pkg.mod.C"`)."""
    name, tail = re.escape(one.qualified.name), re.escape(one.qualified.module.tail)
    try:
        text = file.text
    except Refusal:
        return True
    if re.search(rf"\b{tail}[.:]{name}\b", text):
        return True
    if file.path in users:
        return re.search(rf"\.{name}\b|['\"]{name}['\"]", text) is not None
    is_unseen = file.path.endswith(".pyi") or (
        file.path.endswith(".py") and file.path not in scene.outlines
    )
    return is_unseen and re.search(rf"\b{tail}\b", text) is not None


def _uses_itself(scene: Scene, one: LeaveBehind) -> bool:
    """Whether the module needs the name itself, other than in `__all__`."""
    lines = re.sub(r"\r\n?", "\n", scene.index.workspace.file(one.path).text).split("\n")
    last = one.statement_line
    while last < len(lines) and (not lines[last].strip() or lines[last][0] in " \t)"):
        last += 1
    rest = "\n".join([*lines[: one.comment_line - 1], *lines[last:]])
    word = re.compile(rf"(?<![\w.]){re.escape(one.qualified.name)}\b")
    return word.search(_ALL.sub("", code_of(rest))) is not None


def _why_public(scene: Scene, one: LeaveBehind) -> Suppression | None:
    """Why users of the package may still take the name from there."""
    if one.path.rpartition("/")[2] == "__init__.py":
        return Suppression("public-name", "users of the package may import it from there")
    facts = file_facts(scene.index, "bindings", binding_facts, [one.path]).get(one.path)
    if facts is not None and one.qualified.name in (facts["listed"] or ()):
        return Suppression("public-name", "`__all__` offers it to users of the module")
    return None
