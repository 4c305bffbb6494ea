"""Which modules could import which, read off the bytes, and which of them a change can disturb.

For a cold run in a big tree: a scan of bytes instead of a parse tells which modules need their
import-time events at all. It errs on the side of too many imports.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Collection, Iterable, Iterator

from consolidator.names import ModuleName

EVERY = ".*"
"""Ends the name of a package of which any module may be imported, as `import_module` is told."""

ImportsOf = Callable[[ModuleName], Collection[ModuleName]]
"""The first-party modules that a module imports when it is imported itself."""

_BEFORE = re.compile(rb"(?:.*[;:])?[ \t\f]*(?:from\b(?P<module>[ \t\f.\w\x80-\xff]*))?", re.DOTALL)
_NAMES = re.compile(rb"(?:[ \t\f]|\\\n)*(?:\((?:[^)#]|\#[^\n]*\n)*\)|(?:[^\n\\;\#(]|\\\n)+)")
_DYNAMIC = re.compile(rb"import(?:_module|__)\(\s*['\"](?P<name>[\w.]*\w)['\"]")
_COMPUTED = re.compile(rb"import(?:_module|__)\(\s*(?!['\"][\w.]*\w['\"]\s*[,)])[^)\s]")
_STAR = re.compile(rb"^[ \t\f]*from[ \t]+(?P<module>[.\w]+)[ \t]+import[ \t]*\(?[ \t]*\*", re.M)
_WORD = re.compile(rb"[\w\x80-\xff]")
_COMMENT = re.compile(rb"\#[^\n]*")
_DEFINITION = re.compile(rb"[ \t]*(?:async[ \t]+)?def\b")
_TYPE_CHECKING = re.compile(rb"[ \t]*if[ \t(]+(?:[\w.]+\.)?TYPE_CHECKING[ \t)]*:")
_LAZY = re.compile(rb"^(?:async )?def __getattr__\b|^__getattr__\b|^[\w, ]*\b__getattr__,", re.M)
_FACTORY = re.compile(rb"^[\w.,\[\] =]*\((?:\s|#[^\n]*\n)*__name__\s*,", re.M)
_TABLE = re.compile(rb"^(\w+)[^=\n]* = \{", re.M)
_ALL = re.compile(rb"\b__all__\b[^=\n]*=\s*[\[({](?P<names>[^\])}]*)")
_ABOUT_ITSELF = re.compile(rb"\b__(?:name|package|path|file)__\b")
_PREFIX = re.compile(rb"['\"]([A-Za-z_][\w.]*\w)(?:\.?|\.[%{*][^'\"\n]*)['\"]")
_STRING = re.compile(rb"['\"](\.*[A-Za-z_][\w.]*)['\"]")

_HEAD = 300  # bytes of a call in which a table is looked for
_AT_MARGIN = re.compile(rb"^(?:from|import)\b", re.M)
_LONG_STRING_OR_OTHER = re.compile(
    rb"""(?P<long>\"{3}[^"\\]*+(?:(?:\\.|"(?!""))[^"\\]*+)*+\"{3}"""
    rb"""|'{3}[^'\\]*+(?:(?:\\.|'(?!''))[^'\\]*+)*+'{3})"""
    rb"""|\#[^\n]*+|"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"|'[^'\\\n]*+(?:\\.[^'\\\n]*+)*+'""",
    re.DOTALL,
)


def eager_imports(
    data: bytes, module: ModuleName, is_package: bool, *, include_deferred: bool = False
) -> frozenset[ModuleName]:
    """What importing a module may import: modules, and names that may be submodules.

    The names are candidates: keep those that are modules (`first_party`). Imports inside
    functions count only with `include_deferred`, or when the module has a `__getattr__` of its
    own, which runs them for whoever imports from it. Text in strings and comments may count too.

    A computed name may be whatever module the strings of the file name, or one in it (`EVERY`).
    Missed are imports by `exec`, and (unless `include_deferred`) those of a function that is
    called while modules are being imported.
    """
    return frozenset(import_sequence(data, module, is_package, include_deferred=include_deferred))


def import_sequence(
    data: bytes,
    module: ModuleName,
    is_package: bool,
    *,
    include_deferred: bool = False,
    include_lazy: bool = True,
) -> tuple[ModuleName, ...]:
    """The same as `eager_imports`, in the order in which the file says it.

    Without `include_lazy` also what a `__getattr__` imports is left out: what runs for certain.
    """
    data = _plain(data)
    lazy = include_lazy and _is_lazy(data)
    package = module if is_package else module.parent
    found: dict[str, None] = {}
    everywhere = include_deferred or lazy
    position = data.find(b"import")
    while position >= 0:
        targets = _targets(data, position, package)
        computed = _COMPUTED.match(data, position) is not None
        if (targets or computed) and (everywhere or runs_at_import(data, position)):
            found.update(dict.fromkeys(targets))
            found.update(dict.fromkeys(_computed(data, package) if computed else ()))
        position = data.find(b"import", position + 6)
    if lazy:
        found.update(dict.fromkeys(_named_in_strings(data, package)))
    elif is_package and b"__all__" in data:
        found.update(dict.fromkeys(_named_in_all(data, module)))
    found.pop("", None)
    return tuple(ModuleName(name) for name in found)


def _is_lazy(data: bytes) -> bool:
    """Whether a module imports things when it is asked for them."""
    if b"__getattr__" in data and _LAZY.search(data) is not None:
        return True
    # recreate_module(__name__, by_module={"pkg.app": ["App"]}), LazyModule(__name__, ..., TABLE)
    for call in _FACTORY.finditer(data) if b"__name__," in data else ():
        given = data[call.end() : call.end() + _HEAD]
        if b"{" in given or any(table[1] in given for table in _TABLE.finditer(data)):
            return True
    return False


def certain_imports(data: bytes, module: ModuleName, is_package: bool) -> Iterator[ModuleName]:
    """What importing a module imports for certain: what stands at the left margin of its file.

    What stands in a string does not count, be it at the margin.
    """
    data = _plain(data)
    if _has_text_at_margin(data):
        data = _LONG_STRING_OR_OTHER.sub(_without_long_string, data)
    package = module if is_package else module.parent
    position = data.find(b"import")
    while position >= 0:
        if data.startswith((b"import", b"from"), _logical_start(data, position)):
            yield from map(ModuleName, filter(None, _targets(data, position, package)))
        position = data.find(b"import", position + 6)


def star_sources(data: bytes, module: ModuleName, is_package: bool) -> Iterator[ModuleName]:
    """The modules that a file imports `*` from."""
    package = module if is_package else module.parent
    data = data.removeprefix(codecs.BOM_UTF8)
    for found in _STAR.finditer(data) if b"*" in data else ():
        name = _absolute(_text(found["module"]), package)
        if name:
            yield ModuleName(name)


def first_party(
    candidates: Iterable[str], is_module: Callable[[str], bool]
) -> frozenset[ModuleName]:
    """The candidates that are modules, with the packages above them, which are imported first."""
    return frozenset(first_party_sequence(candidates, is_module))


def first_party_sequence(
    candidates: Iterable[str], is_module: Callable[[str], bool]
) -> tuple[ModuleName, ...]:
    """The same as `first_party`, in the order in which they are imported."""
    found: dict[ModuleName, None] = {}
    for candidate in candidates:
        if candidate in found:
            continue
        name = ModuleName(candidate)
        for part in (*name.ancestors(), name):
            if part not in found and is_module(part):
                found[part] = None
    return tuple(found)


def modules_to_simulate(
    changed: Iterable[ModuleName], imports_of: ImportsOf
) -> frozenset[ModuleName]:
    """The modules that can be seen partially initialised because of a change in `changed`.

    Those are the members of the strongly connected components of the import graph that hold a
    changed module; an edge leads from a module to what it imports and to the packages above it.
    Only they need import-time events, and only they need to be tried as first import:

    - A module M is seen half done by N only when N runs while M's body does (M leads to N) and N
      asks for M (N leads to M): both are in one component.
    - A module outside the changed components imports them, or is imported by them, but not both.
      What it imports is complete when it goes on, so all it sees is the final namespace, and
      whether that still has every name is a question of resolution, not of order.
    - Two imports one after the other into one component are no worse than the first alone: what
      is complete already is complete for the second.

    What no graph shows: a module that uses `a.b` after `import a` alone, because something else
    happens to import `a.b` first. Where a change takes an import away, simulate the importers too.
    """
    wanted = set(changed)
    found: set[ModuleName] = set()
    for component in strongly_connected(sorted(wanted), imports_of):
        if not wanted.isdisjoint(component):
            found |= component
    return frozenset(found)


def strongly_connected(
    roots: Iterable[ModuleName], imports_of: ImportsOf
) -> Iterator[frozenset[ModuleName]]:
    """The strongly connected components that can be reached from `roots` (Tarjan, iterative)."""
    order: dict[ModuleName, int] = {}
    low: dict[ModuleName, int] = {}
    waiting: dict[ModuleName, None] = {}  # the stack of Tarjan's algorithm, with fast lookup
    for root in roots:
        if root in order:
            continue
        order[root] = low[root] = len(order)
        waiting[root] = None
        path = [(root, iter(_neighbours(root, imports_of)))]
        while path:
            module, rest = path[-1]
            following = next(rest, None)
            if following is None:
                path.pop()
                if path:
                    low[path[-1][0]] = min(low[path[-1][0]], low[module])
                if low[module] == order[module]:
                    yield _component(module, waiting)
            elif following not in order:
                order[following] = low[following] = len(order)
                waiting[following] = None
                path.append((following, iter(_neighbours(following, imports_of))))
            elif following in waiting:
                low[module] = min(low[module], order[following])


def _component(module: ModuleName, waiting: dict[ModuleName, None]) -> frozenset[ModuleName]:
    members: list[ModuleName] = []
    while not members or members[-1] != module:
        members.append(waiting.popitem()[0])
    return frozenset(members)


def _neighbours(module: ModuleName, imports_of: ImportsOf) -> list[ModuleName]:
    """What runs when a module is imported: the packages above it and what it imports."""
    return [*module.ancestors(), *imports_of(module)]


def _plain(data: bytes) -> bytes:
    """The bytes with LF at the end of lines, and no mark before the first."""
    data = data.removeprefix(codecs.BOM_UTF8)
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in data else data


def _has_text_at_margin(data: bytes) -> bool:
    """Whether an import at the left margin may stand in a long string: most files have none."""
    for quotes in (b'"""', b"'''"):
        position, count = 0, 0
        for found in _AT_MARGIN.finditer(data) if quotes in data else ():
            count += data.count(quotes, position, found.start())
            position = found.start()
            if count % 2:
                return True
    return False


def _without_long_string(found: re.Match[bytes]) -> bytes:
    return b'""' if found["long"] else found[0]


def runs_at_import(data: bytes, start: int) -> bool:
    """Whether the statement at `start` is in no function or type-only block.

    Walks back over the lines that are indented less and less, the headers of its blocks.
    """
    line_start = _logical_start(data, start)
    line = _line(data, line_start)
    indent = _indent(line)
    if _is_deferring(line):
        return False
    closing = False
    while indent > 0 or closing:
        if line_start == 0:
            return True
        line_start = data.rfind(b"\n", 0, line_start - 1) + 1
        line = _line(data, line_start)
        stripped = line.lstrip(b" \t\f")
        if not stripped or stripped[:1] == b"#":
            continue
        here = _indent(line)
        if here < indent or (closing and here == indent):
            # `) -> None:` ends a header that began on a line above, indented as much
            closing = stripped[:1] in b")]}"
            if not closing and _is_deferring(line):
                return False
            indent = here
    return True


def _is_deferring(line: bytes) -> bool:
    return _DEFINITION.match(line) is not None or _TYPE_CHECKING.match(line) is not None


def _line(data: bytes, start: int) -> bytes:
    end = data.find(b"\n", start)
    return data[start : end if end >= 0 else len(data)]


def _indent(line: bytes) -> int:
    expanded = line.expandtabs(8)
    return len(expanded) - len(expanded.lstrip(b" \f"))


def _targets(data: bytes, position: int, package: ModuleName) -> list[str]:
    """What the word `import` at a position imports; nothing when it is no import there."""
    after = position + 6
    if _WORD.match(data, after) or (position and _WORD.match(data, position - 1)):
        dynamic = _DYNAMIC.match(data, position)
        return [_absolute(dynamic["name"].decode("ascii"), package)] if dynamic else []
    head = data[_logical_start(data, position) : position].replace(b"\\\n", b" ")
    before, names = _BEFORE.fullmatch(head), _NAMES.match(data, after)
    if before is None or names is None or _ends_in_comment(head):
        return []
    listed = _COMMENT.sub(b"", names[0]).replace(b"\\\n", b" ").replace(b"\n", b" ")
    parts = [part.split() for part in listed.strip(b" \t\f()").split(b",")]
    found = [_text(part[0] if b"as" in part[1:2] else b"".join(part)) for part in parts if part]
    if before["module"] is None:
        return found
    module = _absolute(_text(before["module"]), package)
    return [module, *(f"{module}.{name}" for name in found if name != "*")] if module else []


def _ends_in_comment(head: bytes) -> bool:
    """`import a  # Workaround: ` before the word `import`."""
    at = head.find(b"#")
    return at >= 0 and not any(head.count(quote, 0, at) % 2 for quote in (b'"', b"'"))


def _logical_start(data: bytes, position: int) -> int:
    """Where the line of a position begins, lines before it that end in a backslash included."""
    start = data.rfind(b"\n", 0, position) + 1
    while start > 1 and data[start - 2 : start - 1] == b"\\":
        start = data.rfind(b"\n", 0, start - 1) + 1
    return start


def _text(part: bytes) -> str:
    return part.translate(None, b" \t\f").decode("utf-8", "replace")


def _absolute(name: str, package: ModuleName) -> str:
    """A possibly relative name from a package; empty when it leads above the top."""
    relative = name.lstrip(".")
    level = len(name) - len(relative)
    if not level:
        return relative
    base = package
    for _ in range(level - 1):
        base = base.parent
    if not base:
        return ""
    return base.child(relative) if relative else base


def _computed(data: bytes, package: ModuleName) -> Iterator[str]:
    """What `import_module(name)` may be told: a module that a string names, or one in it."""
    for match in _PREFIX.finditer(data):
        name = match[1].decode("ascii")
        if name.partition(".")[0] == package.top:
            yield from (name, name + EVERY)
    if package and _ABOUT_ITSELF.search(data):
        yield package + EVERY


def _named_in_strings(data: bytes, package: ModuleName) -> Iterator[str]:
    """Any string of a lazy module may name what its `__getattr__` imports."""
    for match in _STRING.finditer(data):
        name = match[1].decode("ascii")
        yield _absolute(name, package)
        yield package.child(name.lstrip("."))


def _named_in_all(data: bytes, module: ModuleName) -> Iterator[str]:
    """`from package import *` imports the submodules that its `__all__` lists."""
    for listed in _ALL.finditer(data):
        for match in _STRING.finditer(listed["names"]):
            yield module.child(match[1].decode("ascii"))
