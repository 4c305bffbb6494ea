"""Finding the files that mention a name, fast: bytes first, identifiers second."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable

from consolidator.errors import Refusal
from consolidator.workspace.source_file import SourceFile


def files_mentioning(words: Collection[str], files: Iterable[SourceFile]) -> tuple[SourceFile, ...]:
    """The files that hold at least one of the words as a whole identifier, in the given order."""
    plain = [word.encode() for word in sorted(words) if word and word.isascii()]
    other = [word for word in sorted(words) if word and not word.isascii()]
    whole = re.compile(rb"\b(?:%s)\b" % b"|".join(map(re.escape, plain)))

    def holds(file: SourceFile) -> bool:
        data = file.data
        for word in plain:  # no generator: this is asked of every file of the tree
            if word in data and whole.search(data):
                return True
        return bool(other) and not data.isascii() and _holds_any(file, other)

    return tuple(file for file in files if holds(file))


def _holds_any(file: SourceFile, words: Collection[str]) -> bool:
    """Whether the text holds one of the words, in any spelling that Python takes for the same."""
    try:
        text = unicodedata.normalize("NFKC", file.text)
    except Refusal:
        # It cannot be read as text, but may mention the word: better to say so than to skip it.
        return any(word.encode() in file.data for word in words)
    return any(
        re.search(rf"(?<!\w){re.escape(unicodedata.normalize('NFKC', word))}(?!\w)", text)
        for word in words
    )
