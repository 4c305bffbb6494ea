"""The fingerprint of an entry: of the code that it rests on, and of nothing else."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from consolidator.errors import Refusal
from consolidator.finders.asks import Ask, all_asks
from consolidator.finders.scene import Scene
from consolidator.index.index import Index
from consolidator.index.outlining import outline_all
from consolidator.plan.plan import (
    DeleteEntry,
    Entry,
    MergeEntry,
    MoveEntry,
    RewriteEntry,
    SweepEntry,
)


def fingerprint_of(index: Index, entry: Entry) -> str:
    """A short hash of the definitions and imports that an entry rests on.

    Other code may change, in the same files too. What is not there counts as well: a name that
    the target has got since makes another fingerprint. For many entries use `Fingerprints`.
    """
    return Fingerprints(Scene(index, outline_all(index))).of(entry)


@dataclass(frozen=True)
class Fingerprints:
    """The fingerprints of entries in one state of the project."""

    scene: Scene

    def of(self, entry: Entry) -> str:
        """The fingerprint of an entry, as `fingerprint_of` says."""
        digest = hashlib.sha256()
        for part in self._parts(entry):
            digest.update(part.encode("utf-8", "surrogatepass") + b"\0")
        return digest.hexdigest()[:12]

    def _parts(self, entry: Entry) -> Iterator[str]:
        match entry:
            case MoveEntry():
                for place in entry.names:
                    module, _, name = place.rpartition(":")
                    yield from self._defined(module or entry.source or "", name)
                    yield from self._defined(entry.to, name)
                    yield from self._imported(entry.to, name)
            case MergeEntry():
                for copy in (f"{entry.home}:{entry.name}", *sorted(entry.drop)):
                    module, _, name = copy.rpartition(":")
                    yield from self._defined(module, name)
            case RewriteEntry(names=()):
                yield from self._imported(entry.source, None)
            case RewriteEntry():
                for name in sorted(entry.names):
                    yield from self._defined(entry.source, name)
                    yield from self._defined(entry.to, name)
                    yield from self._imported(entry.source, name)
            case DeleteEntry():
                yield from self._defined(entry.module, entry.name)
                yield from self._imported(entry.module, entry.name, entry.paths)
            case SweepEntry():
                yield from self._defined(entry.module, entry.name)

    def _defined(self, module: str, name: str) -> Iterator[str]:
        """The statements of a module that bind a name, imports included, as they stand."""
        yield f"{module}:{name}"
        try:
            workspace = self.scene.index.workspace
            path = workspace.path_of(module) if module else None
            text = "" if path is None else workspace.file(path).text
        except Refusal:  # several roots hold it, or it cannot be decoded
            return
        yield from binding_blocks(text, name)

    def _imported(
        self, module: str, name: str | None, paths: Iterable[str] | None = None
    ) -> Iterator[str]:
        """The imports that take `name` (or anything) from `module`, in all files or in some."""
        within = None if paths is None else set(paths)
        found = {
            f"{path}: {item.module} {item.name} {item.alias}"
            for path, item in self._asks(module)
            if (name is None or item.name == name) and (within is None or path in within)
        }
        yield from sorted(found)

    def _asks(self, module: str) -> Iterator[Ask]:
        asks = self.scene.once(all_asks)
        try:
            path = self.scene.index.workspace.path_of(module)
        except Refusal:
            return
        if path is not None:
            for names in asks.of_files.get(path, {}).values():
                yield from names
        for missing, taken in asks.of_nothing.items():
            if missing.is_within(module):
                yield from taken


_BLOCK = re.compile(r"^(?=[^\s#)\]}])", re.MULTILINE)
_HEADER = re.compile(r"^(?:async\s+def|def|class)\b", re.MULTILINE)
_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+[\w.]+[ \t]+)?import\b[ \t]*(\([^)]*|(?:[^\n\\]|\\\n)*)", re.MULTILINE
)


def binding_blocks(text: str, name: str) -> Iterator[str]:
    """The top-level statements of a text that may bind a name, without a parse.

    Compound statements count as a whole. A line that begins within a string does not end one.
    """
    if name not in text:
        return
    word = re.escape(name)
    binds = re.compile(rf"\b(?:class|def)\s+{word}\b|^[ \t]*{word}[ \t]*[:=,]", re.MULTILINE)
    whole = re.compile(rf"\b{word}\b")
    for block in _blocks(text):
        if name not in block:
            continue
        imported = any(whole.search(found[1]) for found in _IMPORT.finditer(block))
        if imported or binds.search(block):
            yield _stripped(block)


def _stripped(block: str) -> str:
    lines = [line.rstrip() for line in block.splitlines()]
    while lines and (not lines[-1] or lines[-1].startswith("#")):
        lines.pop()  # it belongs to what follows
    return "\n".join(lines)


def _blocks(text: str) -> Iterator[str]:
    """The text cut where lines begin without indentation, decorators kept with what follows."""
    parts: list[str] = []
    doubles = singles = 0
    for part in _BLOCK.split(text):
        parts.append(part)
        doubles += part.count('"""')
        singles += part.count("'''")
        is_decorator = parts[0][:1] == "@" and not _HEADER.match(part)
        if doubles % 2 == 0 and singles % 2 == 0 and not is_decorator:
            yield "".join(parts)
            parts = []
    yield "".join(parts)
