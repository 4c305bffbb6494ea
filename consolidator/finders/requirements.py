"""Which other distributions a project says that it needs."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

from consolidator.errors import Refusal
from consolidator.finders.scene import Scene

_LISTS = re.compile(
    r"(?:.*/)?(?:[\w.-]*requirements[\w.-]*|requirements/[\w.-]+|constraints)\.(?:txt|in)"
    r"|(?:.*/)?(?:setup\.cfg|environment\.ya?ml)"
)
_AT_LINE_START = re.compile(r"^[ \t-]*([A-Za-z][\w.-]*)", re.MULTILINE)
_IN_QUOTES = re.compile(r"['\"]([A-Za-z][\w.-]*)[^'\"\n/]*['\"]")
_KEY = re.compile(r"(?:.*[-_])?(?:dependencies|requires|dependency-groups)")


def is_required(scene: Scene, top: str) -> bool:
    """Whether the project requires a distribution that may provide the top-level package.

    `google-cloud-storage` may provide `google`.
    """
    wanted = _normal(top)
    return any(
        name == wanted or name.startswith(f"{wanted}-") for name in scene.once(_distributions)
    )


def _distributions(scene: Scene) -> frozenset[str]:
    """Whatever in the requirements may be the name of a distribution, in its normal form."""
    workspace = scene.index.workspace
    scripts = (path for path in scene.outlines if path.rpartition("/")[2] == "setup.py")
    found: set[str] = set()
    for path in (*workspace.text_paths(), *scripts):
        try:
            found.update(map(_normal, _named(path, scene)))
        except Refusal:
            continue
    return frozenset(found)


def _named(path: str, scene: Scene) -> Iterator[str]:
    name = path.rpartition("/")[2]
    if name == "pyproject.toml":
        try:
            yield from _in_tables(tomllib.loads(scene.index.workspace.file(path).text), False)
        except tomllib.TOMLDecodeError:
            return
    elif name == "setup.py":
        yield from _IN_QUOTES.findall(scene.index.workspace.file(path).text)
    elif _LISTS.fullmatch(path):
        yield from _AT_LINE_START.findall(scene.index.workspace.file(path).text)


def _in_tables(value: Any, is_wanted: bool) -> Iterator[str]:
    """The names below keys such as `dependencies`, in lists of strings or as keys."""
    if isinstance(value, dict):
        for key, each in value.items():
            if is_wanted:
                yield key
            yield from _in_tables(each, is_wanted or _KEY.fullmatch(key) is not None)
    elif isinstance(value, list):
        for each in value:
            yield from _in_tables(each, is_wanted)
    elif isinstance(value, str) and is_wanted:
        yield from _AT_LINE_START.findall(value)[:1]


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
