"""Facts about one file at a time, computed for many files: kept by content, in parallel."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import TypeVar

from consolidator.errors import Refusal
from consolidator.index.extraction import extracted
from consolidator.index.index import Index
from consolidator.workspace import SourceFile

Facts = TypeVar("Facts")


def file_facts(
    index: Index, kind: str, extract: Callable[[str], Facts], paths: Iterable[str]
) -> dict[str, Facts]:
    """What `extract` says of the text of each Python file, by path.

    `extract` is a module-level function of the text alone, so that it can run in another process;
    what it returns must survive JSON (lists, not tuples; equal contents share one object). It may
    raise `SyntaxError`: such files, and those that cannot be decoded, are left out and remembered
    in `index.unreadable`. `kind` names the facts in the cache.
    """
    files = _files(index, paths)
    keys = {path: f"{kind}:{file.sha256}" for path, file in files.items()}
    known = index.cache.find(set(keys.values()))
    missing = {key: files[path] for path, key in keys.items() if key not in known}
    if missing:
        texts = extracted(extract, missing, lambda *done: index.progress(kind, *done))
        index.cache.keep(texts)
        known |= {key: json.loads(text) for key, text in texts.items()}
    found = {}
    for path, key in keys.items():
        match known.get(key):
            case [facts]:
                found[path] = facts
            case reason:
                index.unreadable[path] = _reason(files[path]) if reason is None else str(reason)
    return found


def _files(index: Index, paths: Iterable[str]) -> dict[str, SourceFile]:
    found = {}
    for path in paths:
        try:
            found[path] = index.workspace.file(path)
        except Refusal as refusal:
            index.unreadable[path] = refusal.problems[0].message
    return found


def _reason(file: SourceFile) -> str:
    """Why a file cannot be decoded."""
    try:
        _ = file.text
    except Refusal as refusal:
        return refusal.problems[0].message
    return "cannot be read"
