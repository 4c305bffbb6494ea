"""The walk over a tree that git does not manage, with .gitignore files honoured all the same."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Set

Ignored = Callable[[str, bool], bool | None]


def walk(base: str, skipped: Set[str]) -> Iterator[tuple[str, str | None]]:
    """Yield every file below `base` as `(relative path, None)`, a symlink with its target.

    Directories named in `skipped`, virtual environments and what a .gitignore excludes are not
    entered; neither are symlinked directories. What cannot be read is passed over.
    """
    pending: list[tuple[str, tuple[Ignored, ...]]] = [("", ())]
    while pending:
        prefix, rules = pending.pop()
        try:
            with os.scandir(f"{base}/{prefix}") as entries:
                found = list(entries)
        except OSError:
            continue
        names = {entry.name for entry in found}
        if prefix and "pyvenv.cfg" in names:
            continue
        if ".gitignore" in names:
            rules = (*rules, *_read_rules(base, prefix))
        for entry in found:
            path = prefix + entry.name
            if entry.is_symlink():
                yield path, os.readlink(entry.path)
            elif entry.is_dir(follow_symlinks=False):
                if entry.name not in skipped and not _is_ignored(rules, path, True):
                    pending.append((path + "/", rules))
            elif entry.is_file(follow_symlinks=False) and not _is_ignored(rules, path, False):
                yield path, None


def _is_ignored(rules: tuple[Ignored, ...], path: str, is_directory: bool) -> bool:
    for rule in reversed(rules):  # the .gitignore nearest to the file decides
        verdict = rule(path, is_directory)
        if verdict is not None:
            return verdict
    return False


def _read_rules(base: str, prefix: str) -> tuple[Ignored, ...]:
    from pathspec import GitIgnoreSpec

    try:
        with open(f"{base}/{prefix}.gitignore", encoding="utf-8", errors="surrogateescape") as file:
            spec = GitIgnoreSpec.from_lines(file.read().split("\n"))
    except (OSError, ValueError):
        return ()

    def rule(path: str, is_directory: bool) -> bool | None:
        below = path[len(prefix) :] + ("/" if is_directory else "")
        return spec.check_file(below).include

    return (rule,)
