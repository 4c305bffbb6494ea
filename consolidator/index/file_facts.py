"""Facts about one file at a time, computed for many files: kept by content, in parallel."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from consolidator.errors import Refusal
from consolidator.index.index import Index

Facts = TypeVar("Facts")


def file_facts(
    index: Index, kind: str, extract: Callable[[str], Facts], paths: Iterable[str]
) -> dict[str, Facts]:
    """What `extract` says of the text of each file, by path.

    `extract` is a module-level function of the text alone, so that it can run in another process;
    what it returns must survive JSON (lists, not tuples). It may raise `SyntaxError`: such files,
    and those that cannot be decoded, are left out and remembered in `index.unreadable`. `kind`
    names the facts in the cache.
    """
    found = {}
    for path in paths:
        try:
            found[path] = extract(index.workspace.file(path).text)
        except SyntaxError as error:
            index.unreadable[path] = f"line {error.lineno}: {error.msg}"
        except Refusal as refusal:
            index.unreadable[path] = refusal.problems[0].message
    return found
