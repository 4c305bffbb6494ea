"""Facts about pieces of text, such as one class: kept by content, in parallel."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import TypeVar

from consolidator.index.extraction import extracted
from consolidator.index.index import Index
from consolidator.workspace import SourceFile

Facts = TypeVar("Facts")


def text_facts(
    index: Index, kind: str, extract: Callable[[str], Facts], texts: Iterable[str]
) -> dict[str, Facts]:
    """What `extract` says of each text; see `file_facts`. Texts that do not parse are left out."""
    pieces = {}
    for text in texts:
        data = text.encode("utf-8", "surrogatepass")
        pieces[text] = SourceFile(f"{kind}:{sha256(data).hexdigest()}", data)
    keys = {piece.path: piece for piece in pieces.values()}
    known = index.cache.find(keys.keys())
    missing = {key: piece for key, piece in keys.items() if key not in known}
    if missing:
        written = extracted(extract, missing, lambda *done: index.progress(kind, *done))
        index.cache.keep(written)
        known |= {key: json.loads(facts) for key, facts in written.items()}
    found = {}
    for text, piece in pieces.items():
        match known.get(piece.path):
            case [facts]:
                found[text] = facts
    return found
