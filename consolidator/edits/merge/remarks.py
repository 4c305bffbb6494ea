"""What a person should know about a merge: words that are lost, and tests of identity."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterable, Iterator

from consolidator.edits.cutting import statement_lines
from consolidator.edits.merge.judging import Copies
from consolidator.edits.pinned import place
from consolidator.edits.self_registering import registers_itself
from consolidator.errors import Location, Problem
from consolidator.index.definitions import Definition, definition
from consolidator.index.index import Origin
from consolidator.index.module import Module

_TESTS = frozenset({"isinstance", "issubclass"})
_MOST_PLACES = 4


def merge_remarks(copies: Copies, dropped: Iterable[Definition]) -> Iterator[Problem]:
    """Warnings on a merge that was made; `dropped` are the copy and the helpers that went."""
    for item in dropped:
        yield from _lost_words(copies, item)
    yield from _identity(copies)
    yield from _two_registrations(copies)
    if copies.renamed:
        yield from _names_itself(copies)


# -- words ---------------------------------------------------------------------------------------


def _lost_words(copies: Copies, item: Definition) -> Iterator[Problem]:
    """The docstrings and comments of what went that the home does not have."""
    theirs = definition(copies.there, copies.renamed.get(item.name, item.name))
    kept = {text for _, text in _words(copies.there, theirs)} if theirs else set()
    lost = [(line, text) for line, text in _words(copies.here, item) if text not in kept]
    if not lost:
        return
    first = lost[0][0]
    shown = "; ".join(f"line {line}: {_short(text)}" for line, text in lost[:_MOST_PLACES])
    more = f"; and {len(lost) - _MOST_PLACES} more" if len(lost) > _MOST_PLACES else ""
    yield Problem(
        "merge-loses-words",
        f"`{item.name}` of {copies.here.name} goes with docstrings or comments that the home's "
        "does not have "
        f"({shown}{more})",
        Location(copies.here.path, first, copies.here.syntax.line_text(first)),
        f"carry over to {copies.there.name} what is worth keeping",
        "warning",
    )


def _words(module: Module, item: Definition) -> Iterator[tuple[int, str]]:
    """Each docstring and comment of a definition with its line, layout apart."""
    for index in item.statements:
        for node in ast.walk(module.body[index]):
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                text = ast.get_docstring(node)
                if text:
                    yield node.body[0].lineno, " ".join(text.split())
        span = statement_lines(module, index)
        first = module.syntax.line_of(span.start)
        for row, text in _comments(span.of(module.text)):
            yield first + row - 1, text


def _comments(text: str) -> Iterator[tuple[int, str]]:
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT and token.string.strip("# -=*"):
                yield token.start[0], " ".join(token.string.lstrip("#").split())
    except (tokenize.TokenError, IndentationError):
        return


def _short(text: str, most: int = 50) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


# -- identity ------------------------------------------------------------------------------------


def _identity(copies: Copies) -> Iterator[Problem]:
    """Where code asks which class something is: two classes were told apart, one is not."""
    found = list(_tests_of_identity(copies))
    if not found:
        return
    shown = "; ".join(f"{location}: {location.text.strip()}" for location in found[:_MOST_PLACES])
    more = f"; and {len(found) - _MOST_PLACES} more" if len(found) > _MOST_PLACES else ""
    yield Problem(
        "merge-identity",
        f"objects of {copies.title} and of `{copies.theirs.name}` of {copies.there.name} were of "
        f"two classes and will be of one, which is asked about here: {shown}{more}",
        found[0],
        "see that nothing relies on telling the two apart",
        "warning",
    )


def _tests_of_identity(copies: Copies) -> Iterator[Location]:
    """`isinstance(x, C)`, `except C`, `type(x) is C`, `{C: …}`, in any file that takes one."""
    origins = {
        Origin("definition", copies.here.name, copies.mine.name),
        Origin("definition", copies.there.name, copies.theirs.name),
    }
    seen: set[Location] = set()
    for module in copies.index.mentioning({copies.mine.name, copies.theirs.name}):
        names = {
            name
            for name in _bound_names(module, copies)
            if copies.index.resolve(module.name, name) in origins
        } | {
            item.bound
            for item in module.imports
            if item.scope is not module.scope and copies.index.resolve_import(item) in origins
        }
        for node in _asked_about(module) if names else ():
            if getattr(node, "id", "") in names:
                location = place(module, node)
                if location not in seen:
                    seen.add(location)
                    yield location


def _bound_names(module: Module, copies: Copies) -> set[str]:
    wanted = {copies.mine.name, copies.theirs.name}
    aliases = {item.bound for item in module.imports if item.name in wanted}
    return (wanted | aliases) & module.scope.bindings.keys()


def _asked_about(module: Module) -> Iterator[ast.AST]:
    for node in ast.walk(module.syntax.tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", "")
            if name in _TESTS and len(node.args) == 2:
                yield from _elements(node.args[1])
        elif isinstance(node, ast.ExceptHandler) and node.type is not None:
            yield from _elements(node.type)
        elif isinstance(node, ast.Compare):
            for operator, side in zip(node.ops, node.comparators, strict=True):
                if isinstance(operator, ast.Is | ast.IsNot | ast.Eq | ast.NotEq | ast.In):
                    yield from (node.left, *_elements(side))
        elif isinstance(node, ast.Dict):
            yield from (key for key in node.keys if key is not None)
        elif isinstance(node, ast.MatchClass):
            yield node.cls


def _elements(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        yield from node.elts
    elif isinstance(node, ast.BinOp):  # isinstance(x, A | B)
        yield from (*_elements(node.left), *_elements(node.right))
    else:
        yield node


# -- registries and names ------------------------------------------------------------------------


def _two_registrations(copies: Copies) -> Iterator[Problem]:
    if registers_itself(copies.index, copies.here, copies.mine):
        yield Problem(
            "merge-registers-once",
            f"what {copies.title} is made with may keep a list of classes, in which there were two "
            "and will be one",
            place(copies.here, copies.here.body[copies.mine.statements[0]]),
            "look at the decorators, the metaclass and the bases",
            "warning",
        )


def _names_itself(copies: Copies) -> Iterator[Problem]:
    yield Problem(
        "merge-renames",
        f"{copies.title} will call itself `{copies.theirs.name}` (`__name__`, `repr`, logs, "
        "pickles)",
        place(copies.here, copies.here.body[copies.mine.statements[0]]),
        "look for code that reads the name",
        "warning",
    )
