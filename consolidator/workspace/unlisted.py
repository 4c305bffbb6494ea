"""What stands on the disk beside the listed files: compiled and generated modules."""

from __future__ import annotations

from pathlib import Path

from consolidator.workspace.ignore import IgnoreRules

_COMPILED = (".so", ".pyd", ".pyx", ".dll", ".dylib", ".c", ".cpp", ".pyc", ".rs")


def unlisted_module(root: Path, stem: str) -> str:
    """The file below `root` that provides the module at `stem` though it is not listed, or "".

    `stem` is the path of the module without its suffix. An ignored `_version.py`, an extension
    module and the source of one count.
    """
    directory, _, name = stem.rpartition("/")
    try:
        entries = sorted(entry.name for entry in (root / directory).iterdir())
    except OSError:
        return ""
    for entry in entries:
        first, _, _ = entry.partition(".")
        if first == name and (entry == f"{name}.py" or entry.endswith(_COMPILED)):
            return f"{directory}/{entry}" if directory else entry
    return f"{stem}/__init__.py" if (root / stem / "__init__.py").is_file() else ""


def is_ignored(root: Path, path: str) -> bool:
    """Whether a .gitignore below `root` excludes `path`, or a directory above it."""
    parts = path.split("/")
    return any(
        _verdict(root, "/".join(parts[:count]), is_directory=count < len(parts))
        for count in range(1, len(parts) + 1)
    )


def _verdict(root: Path, path: str, is_directory: bool) -> bool:
    folder = path.rpartition("/")[0]
    while True:  # the .gitignore nearest to the file decides
        rules = _rules(root / folder / ".gitignore") if folder else _rules(root / ".gitignore")
        verdict = rules and rules.verdict(path[len(folder) + bool(folder) :], is_directory)
        if verdict is not None:
            return bool(verdict)
        if not folder:
            return False
        folder = folder.rpartition("/")[0]


def _rules(path: Path) -> IgnoreRules | None:
    try:
        text = path.read_bytes().decode("utf-8-sig", "surrogateescape")
    except OSError:
        return None
    return IgnoreRules(tuple(line.rstrip("\r") for line in text.split("\n")))
