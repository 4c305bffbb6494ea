"""The packages that a project declares that it needs, wherever it says so."""

from __future__ import annotations

import ast
import configparser
import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from consolidator.errors import Refusal
from consolidator.workspace.brought_packages import with_brought
from consolidator.workspace.snapshot import Workspace

_IMPORTED_AS = {
    "attrs": "attr",
    "beautifulsoup4": "bs4",
    "biopython": "bio",
    "django-cors-headers": "corsheaders",
    "django-environ": "environ",
    "django-filter": "django-filters",
    "djangorestframework": "rest-framework",
    "dnspython": "dns",
    "gitpython": "git",
    "google-api-python-client": "googleapiclient",
    "grpcio": "grpc",
    "imbalanced-learn": "imblearn",
    "mysqlclient": "mysqldb",
    "opencv-python": "cv2",
    "opencv-python-headless": "cv2",
    "pillow": "pil",
    "protobuf": "google",
    "psycopg2-binary": "psycopg2",
    "pycryptodome": "crypto",
    "pycryptodomex": "cryptodome",
    "pydispatcher": "pydispatch",
    "pygobject": "gi",
    "pymupdf": "fitz",
    "python-memcached": "memcache",
    "python-telegram-bot": "telegram",
    "scikit-image": "skimage",
    "scikit-learn": "sklearn",
    "setuptools": "pkg-resources",
    "speechrecognition": "speech-recognition",
    "wxpython": "wx",
}
_BRINGS = {
    "googleapis-common-protos": frozenset(
        {"google.api", "google.logging", "google.longrunning", "google.rpc", "google.type"}
    ),
    "proto-plus": frozenset({"proto"}),
}
_FOR_TESTS = re.compile(r"dev|test", re.IGNORECASE)
_AFFIX = re.compile(r"^(?:python-|django-|py(?=\w))|-(?:python|py)$")


def declared_packages(workspace: Workspace) -> frozenset[str]:
    """The packages that an installation brings, as `import` and as an index name them.

    Read from pyproject.toml (also Poetry's tables), setup.cfg, setup.py and requirements.txt.
    """
    return _names(_listed_in(workspace))


def brings(workspace: Workspace, module: str) -> bool:
    """Whether a declared package seems to bring a module of a package that several share.

    `google.protobuf` is in protobuf, `google.auth` in google-auth.
    """
    top, *parts = module.split(".")
    words = {*parts, *(part.rstrip("0123456789") for part in parts)}
    there = declared_packages(workspace)
    return any(
        word in there or normal(f"{top}-{word}") in there or f"{top}.{word}" in there
        for word in words
    )


def says_what_it_needs(workspace: Workspace) -> bool:
    """Whether a project declares its packages at all, be it that it needs none."""
    project = _toml(_text(workspace, "pyproject.toml")).get("project", {})
    return "dependencies" in project or bool(_listed_in(workspace))


def extra_packages(workspace: Workspace) -> frozenset[str]:
    """The packages that `[project]` names in an extra."""
    project = _toml(_text(workspace, "pyproject.toml")).get("project", {})
    extras = project.get("optional-dependencies", {})
    if not isinstance(extras, dict):
        return frozenset()
    return _names(tuple(text for extra in extras.values() for text in _strings(extra)))


def packages_of_tests(workspace: Workspace) -> frozenset[str]:
    """The packages that are there when the tests run: pytest, and what a group for them names.

    [dependency-groups]
    dev = ["hypothesis"]
    """
    document = _toml(_text(workspace, "pyproject.toml"))
    poetry = _table(document, "tool", "poetry", "group")
    groups = {
        **_table(document, "project", "optional-dependencies"),
        **_table(document, "dependency-groups"),
        **{name: [*_table(poetry, name, "dependencies")] for name in poetry},
    }
    named = [text for name in groups if _FOR_TESTS.search(name) for text in _strings(groups[name])]
    return _names(("pytest", *named))


def _table(document: Any, *keys: str) -> dict[str, Any]:
    """A table of a document; an empty one where something else stands."""
    for key in keys:
        document = document.get(key) if isinstance(document, dict) else None
    return document if isinstance(document, dict) else {}


def oldest_python(workspace: Workspace) -> tuple[int, int] | None:
    """The oldest version of Python that a project says it runs on; None when it does not say."""
    document = _toml(_text(workspace, "pyproject.toml"))
    poetry = document.get("tool", {}).get("poetry", {}).get("dependencies", {})
    cfg = _setting(_text(workspace, "setup.cfg"), "python_requires")
    said = (document.get("project", {}).get("requires-python"), poetry.get("python"), cfg)
    for text in said:
        found = re.search(r"(?:>=?|~=|\^|==)\s*(\d+)\.(\d+)", text if isinstance(text, str) else "")
        if found:
            return int(found[1]), int(found[2])
    return None


def _listed_in(workspace: Workspace) -> tuple[str, ...]:
    return _listed(*(_text(workspace, path) for path in _FILES))


_FILES = ("pyproject.toml", "setup.cfg", "setup.py", "requirements.txt")


@lru_cache(maxsize=4)
def _listed(project: str, setup_cfg: str, setup_py: str, requirements: str) -> tuple[str, ...]:
    document = _toml(project)
    return (
        *_strings(document.get("project", {}).get("dependencies", [])),
        *document.get("tool", {}).get("poetry", {}).get("dependencies", {}),
        *_setup_cfg(setup_cfg),
        *_setup_py(setup_py),
        *_requirements(requirements),
    )


def normal(requirement: str) -> str:
    """`Render-Kit[x]>=2` and `render_kit` are one, and so are `_pytest` and `pytest`."""
    name = re.split(r"[^A-Za-z0-9._-]", requirement.strip(), maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).strip("-").lower()


@lru_cache(maxsize=4)
def _names(requirements: tuple[str, ...]) -> frozenset[str]:
    found: set[str] = set()
    for name in with_brought(map(normal, requirements)):
        # zope-interface is imported as zope.interface, python-dateutil as dateutil, and
        # django-taggit as taggit
        found |= {name, name.partition("-")[0], _IMPORTED_AS.get(name, name)}
        found.add(_AFFIX.sub("", name))
        found |= _BRINGS.get(name, frozenset())
    return frozenset(found - {"", "python", "py"})


def _strings(listed: Any) -> list[str]:
    return [item for item in listed if isinstance(item, str)] if isinstance(listed, list) else []


@lru_cache(maxsize=4)
def _toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}


def _setup_cfg(text: str) -> list[str]:
    return _setting(text, "install_requires").splitlines()


def _setting(text: str, name: str) -> str:
    """A setting of the `[options]` of a setup.cfg."""
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(text)
    except configparser.Error:
        return ""
    return parser.get("options", name, fallback="")


def _setup_py(text: str) -> Iterator[str]:
    """The literal strings of `install_requires=[...]`."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "install_requires":
            for item in ast.walk(node.value):
                if isinstance(item, ast.Constant) and isinstance(item.value, str):
                    yield item.value


def _requirements(text: str) -> Iterator[str]:
    """The lines of the root's `requirements.txt`, but no options and no comments."""
    for line in text.splitlines():
        if line.strip() and not line.lstrip().startswith(("#", "-")):
            yield line


def _text(workspace: Workspace, path: str) -> str:
    if not workspace.has(path):
        return ""
    try:
        return workspace.file(path).text
    except Refusal:  # not to be decoded
        return ""
