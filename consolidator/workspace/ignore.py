"""Patterns in the syntax of .gitignore, made fast enough to ask for every file of a big tree."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_WILDCARD = re.compile(r"[*?\[\]\\]")


@dataclass(frozen=True, eq=False)
class IgnoreRules:
    """The lines of one .gitignore; paths are relative to the directory that it stands in."""

    lines: tuple[str, ...]
    _directories: dict[str, bool] = field(default_factory=dict, repr=False)

    def verdict(self, path: str, is_directory: bool) -> bool | None:
        """Whether the rules ignore `path`: None when they do not speak of it.

        Its parent directories are taken to be not ignored, as in a walk from the top.
        """
        asked = path + "/" if is_directory else path
        if not self._may_match(asked):
            return None
        return self._spec.check_file(asked).include

    def excludes(self, path: str) -> bool:
        """Whether the rules ignore the file `path` or a directory above it."""
        directory = path.rpartition("/")[0]
        return self._excludes_directory(directory) or bool(self.verdict(path, False))

    def _excludes_directory(self, directory: str) -> bool:
        if not directory:
            return False
        known = self._directories.get(directory)
        if known is None:
            above = self._excludes_directory(directory.rpartition("/")[0])
            known = self._directories[directory] = above or bool(self.verdict(directory, True))
        return known

    def _may_match(self, asked: str) -> bool:
        """A quick no for nearly every path; a wrong yes costs time only."""
        if asked.startswith(self._needed.paths):
            return True
        name = asked.rstrip("/").rpartition("/")[2]
        needed = self._needed
        return (
            name in needed.names
            or name.startswith(needed.starts)
            or name.endswith(needed.ends)
            or needed.rest.match_file(name)
        )

    @cached_property
    def _spec(self) -> GitIgnoreSpec:
        return _spec(self.lines)

    @cached_property
    def _needed(self) -> _Needed:
        return _needed(self.lines)


@dataclass(frozen=True, slots=True)
class _Needed:
    """What a path must look like for any of the patterns to match it.

    A pattern with a slash inside gives the start of the path. Any other looks at one name, and
    gives the name, or its start, or its end; the `rest` has to be tried.
    """

    paths: tuple[str, ...]
    names: frozenset[str]
    starts: tuple[str, ...]
    ends: tuple[str, ...]
    rest: GitIgnoreSpec


def _needed(lines: Iterable[str]) -> _Needed:
    paths, names, starts, ends, rest = [], set(), [], [], []
    for line in lines:
        body = "" if line.startswith("#") else line.strip().removeprefix("!")
        body = body.removeprefix("**/").rstrip("/")
        first, *others = _WILDCARD.split(body.lstrip("/"))
        if "/" in body:
            paths.append(first.rstrip("/"))
        elif body and not others:
            names.add(body)
        elif first:
            starts.append(first)
        elif others and others[-1]:
            ends.append(others[-1])
        elif line.strip() and not line.startswith("#"):
            rest.append(body if body and _is_valid(body) else "*")
    return _Needed(tuple(paths), frozenset(names), tuple(starts), tuple(ends), _spec(rest))


def _spec(lines: Iterable[str]) -> GitIgnoreSpec:
    # Like git, go on without a pattern that makes no sense (a lone backslash).
    return read_patterns([line for line in lines if _is_valid(line)])


def _is_valid(line: str) -> bool:
    try:
        read_patterns([line])
    except ValueError:
        return False
    return True


def read_patterns(lines: Iterable[str]) -> GitIgnoreSpec:
    """The patterns, read; `ValueError` when one of them makes no sense."""
    from pathspec import GitIgnoreSpec

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # `[[a]` in a project's file is not our news
        return GitIgnoreSpec.from_lines(list(lines))
