"""Who knows a class by the name of its module: registries, pickles, settings of loggers."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from consolidator.edits.closure import Closure
from consolidator.edits.draft import Draft
from consolidator.edits.heirs import defining_class
from consolidator.edits.pinned import names_a_logger, place
from consolidator.edits.state_changes import origin_of
from consolidator.errors import Location, Problem, Refusal
from consolidator.index.definitions import is_logger_call, uses_of
from consolidator.index.index import Index
from consolidator.index.last_names import last_name
from consolidator.index.module import Module
from consolidator.names import ModuleName

_MOST_SHOWN = 3


def module_name_matters(draft: Draft) -> Iterator[Problem]:
    """Registries, pickles and settings that know what moves by the name of its module."""
    source = draft.closure.source
    for root in draft.gone.roots:
        for index in root.statements:
            statement = source.body[index]
            reason = _depends_on_its_name(statement)
            used = reason or _is_made_with_a_reader(draft.index, source, statement)
            if used:
                yield Problem(
                    "module-name-matters",
                    f"`{root.name}` {used}; its module changes",
                    place(source, statement),
                    "look for stored data and settings that name it",
                    "warning" if reason else "note",
                )
    yield from _loggers(draft)


def _is_made_with_a_reader(index: Index, module: Module, statement: ast.stmt) -> str:
    """Whether a base or a decorator of the project reads the `__module__` of what it is given."""
    for base in getattr(statement, "bases", ()):
        found = defining_class(index, module, base)
        if found is not None and _depends_on_its_name(found[1]) == _READS:
            return f"derives from `{found[1].name}`, which {_READS}"
    for decorator in getattr(statement, "decorator_list", ()):
        origin = origin_of(index, module, decorator)
        home = index.module(origin.module) if origin and origin.kind == "definition" else None
        if origin is None or home is None or index.readable(home.path) is None:
            continue
        named = (each for each in home.body if getattr(each, "name", "") == origin.name)
        if any(getattr(n, "attr", "") == "__module__" for each in named for n in ast.walk(each)):
            return f"is decorated with `{origin.name}`, which {_READS}"
    return ""


_READS = "reads `__module__`"


def _loggers(draft: Draft) -> Iterator[Problem]:
    """Tests and settings that name the logger of the source, where moved code has another one.

    with self.assertLogs("shop.orders"): Invoice().send()
    """
    source, target = draft.closure.source, draft.survey.move.target
    if not _logs(draft.closure):
        return
    named = list(dict.fromkeys(_naming(draft.index, source.name)))
    for number, location in enumerate(named[:_MOST_SHOWN]):
        rest = len(named) - _MOST_SHOWN if number == _MOST_SHOWN - 1 else 0
        more = f" (and {rest} more places do)" if rest > 0 else ""
        yield Problem(
            "module-name-matters",
            f'what moves logs as "{target}" from now on, and this names "{source.name}"{more}',
            location,
            "name the logger of the new module too",
            "warning",
        )


def _logs(closure: Closure) -> bool:
    """Whether moved code uses a logger of the source that has the name of its module."""
    source = closure.source
    if any(names_a_logger(source, use) for use in uses_of(source, closure.statements)):
        return True
    for name in closure.uses:
        for binding in source.bindings(name):
            statement = source.body[binding.statement]
            calls = [node for node in ast.walk(statement) if is_logger_call(node)]
            if any(getattr(a, "id", "") == "__name__" for c in calls for a in ast.walk(c)):
                return True
    return False


_LOGGING = re.compile(rb"[lL]ogg|assertLogs|assertNoLogs|caplog")


def _naming(index: Index, name: ModuleName) -> Iterator[Location]:
    """Strings that are the name of a module, in Python that logs and in settings for loggers."""
    for file in index.workspace.mentioning({name.tail}):
        if name.encode() not in file.data or not _LOGGING.search(file.data):
            continue
        module = index.readable(file.path)
        for node in _strings_of_loggers(module) if module is not None else ():
            if node.value == name and module is not None:
                yield place(module, node)
    whole = re.compile(rf"(?<![\w./-]){re.escape(name)}(?![\w/-]|\.\w|:\w)")
    for path in index.workspace.text_paths():
        file = index.workspace.file(path)
        if name.encode() not in file.data or not _LOGGING.search(file.data):
            continue
        try:
            lines = file.text.splitlines()
        except Refusal:
            continue
        for number, line in enumerate(lines, 1):
            if whole.search(line):
                yield Location(path, number, line)


def _strings_of_loggers(module: Module) -> Iterator[ast.Constant]:
    """`getLogger("a.b")`, `assertLogs("a.b")`, `logger="a.b"`, `{"a.b": ...}`, `("a.b", 20)`."""
    for node in ast.walk(module.syntax.tree):
        found: list[ast.expr | None] = []
        if isinstance(node, ast.Call) and _names_a_logger(node.func):
            found = [*node.args, *(keyword.value for keyword in node.keywords)]
        elif isinstance(node, ast.keyword) and "logger" in (node.arg or ""):
            found = [node.value]
        elif isinstance(node, ast.Dict):
            found = [*node.keys]
        elif isinstance(node, ast.Tuple | ast.List):
            found = [*node.elts]
        elif isinstance(node, ast.Compare):
            found = [node.left, *node.comparators]
        yield from (each for each in found if isinstance(each, ast.Constant))


def _names_a_logger(function: ast.expr) -> bool:
    name = last_name(function)
    return "logger" in name.lower() or name in {
        "assertLogs",
        "assertNoLogs",
        "at_level",
        "set_level",
    }


def _depends_on_its_name(statement: ast.stmt) -> str:
    if not isinstance(statement, ast.ClassDef):
        return ""
    for base in statement.bases:
        name = getattr(base, "attr", getattr(base, "id", ""))
        if name == "Model" and isinstance(base, ast.Attribute):
            return "is a model, whose app label may come from its module"
    others = _other_parameters(statement)
    for node in ast.walk(statement):
        name = getattr(node, "attr", getattr(node, "id", getattr(node, "name", "")))
        if name == "__module__" and not _is_of(node, others):
            return _READS
        if name in {"__reduce__", "__reduce_ex__", "__getstate__", "__setstate__"}:
            return "is made to be pickled, and pickles name the module"
    return ""


def _other_parameters(statement: ast.ClassDef) -> set[str]:
    """What methods take beside themselves: `function.__module__` is not the class's module."""
    arguments = [node for node in ast.walk(statement) if isinstance(node, ast.arguments)]
    return {
        argument.arg
        for each in arguments
        for argument in [*[*each.posonlyargs, *each.args][1:], *each.kwonlyargs]
    }


def _is_of(node: ast.AST, names: set[str]) -> bool:
    value = node.value if isinstance(node, ast.Attribute) else None
    return isinstance(value, ast.Name) and value.id in names
