"""What must hold before a file is touched: safe paths, ordinary files, the bytes that were read."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from consolidator.apply.disk import Disk
from consolidator.apply.manifest import digest, is_inside
from consolidator.apply.problems import about_file, reason
from consolidator.errors import Problem
from consolidator.workspace.changes import FileChange

UNREADABLE = "unreadable"
"""Stands for the hash of what is no ordinary file in the tree; equals no hash."""


def path_problems(root: Path, paths: Iterable[str]) -> list[Problem]:
    """Why the files cannot be written safely, whatever they hold."""
    found = (_path_problem(root, path) for path in paths)
    return [problem for problem in found if problem is not None]


def _path_problem(root: Path, path: str) -> Problem | None:
    try:
        return _name_problem(path) or _link_above(root, path) or _kind_problem(root, path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        remedy = "make the file accessible, or choose another name"
        return about_file("write-failed", path, f"cannot look at {reason(error)}", remedy)


def _name_problem(path: str) -> Problem | None:
    if not is_inside(path):
        message = f"{path!r} is not a path inside the project"
        return about_file("outside-root", path, message, "use a path below the root, outside .git")
    try:
        path.encode()
    except UnicodeEncodeError:
        return about_file("path-not-utf8", path, f"{path!r} is not UTF-8", "rename it")
    return None


def _link_above(root: Path, path: str) -> Problem | None:
    for directory in list(Path(path).parents)[-2::-1]:
        if (root / directory).is_symlink():
            message = f"{path} is reached through the symbolic link {directory.as_posix()}"
            remedy = "name the file by its place in the project, without links"
            return about_file("outside-root", path, message, remedy)
    return None


def _kind_problem(root: Path, path: str) -> Problem | None:
    status = (root / path).lstat()
    if stat.S_ISLNK(status.st_mode):
        message = f"{path} is a symbolic link, to {(root / path).readlink()}"
        remedy = "make the change where the link leads, or replace the link by a file"
        return about_file("symlink", path, message, remedy)
    if not stat.S_ISREG(status.st_mode):
        return about_file("changed-meanwhile", path, f"{path} is not a file", "try again")
    if status.st_nlink > 1:
        message = f"{path} has {status.st_nlink} names (hard links); a new file would leave them"
        remedy = f"make it a file of its own: cp -p {path} {path}.new && mv {path}.new {path}"
        return about_file("hard-link", path, message, remedy)
    # The bits, not only what may be done: to the superuser every file is writable.
    if not status.st_mode & stat.S_IWUSR or not os.access(root / path, os.W_OK):
        return about_file("read-only", path, f"{path} is read-only", f"chmod u+w {path}")
    return None


def content_problems(
    disk: Disk, root: Path, changes: Iterable[FileChange], expected: Mapping[str, str]
) -> list[Problem]:
    """Which files are not what the change was planned on; a file may be read through a link."""
    wanted: dict[str, str | None] = {**expected}
    wanted |= {change.path: digest(change.before) for change in changes}
    return mismatches(wanted, lambda path: _read_digest(disk, root / path), "changed-meanwhile")


def current_digest(disk: Disk, root: Path, path: str) -> str | None:
    """The hash of the file, `None` if there is none, `UNREADABLE` if it is not an ordinary one."""
    if _link_above(root, path) or (root / path).is_symlink():
        return UNREADABLE
    return _read_digest(disk, root / path)


def _read_digest(disk: Disk, target: Path) -> str | None:
    try:
        return digest(disk.read(target))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except IsADirectoryError:
        return UNREADABLE


def mismatches(
    wanted: Mapping[str, str | None], hash_of: Callable[[str], str | None], code: str
) -> list[Problem]:
    """A problem for each file whose hash is not the wanted one (`None`: no file)."""
    found = ((path, _difference(path, hashed, hash_of)) for path, hashed in wanted.items())
    return [
        about_file(code, path, f"{path} {difference}", _REMEDIES[code])
        for path, difference in found
        if difference
    ]


_REMEDIES = {
    "changed-meanwhile": "run the command again, on the files as they are now",
    "undo-conflict": "put the file back as the change left it, or undo by hand",
}


def _difference(path: str, wanted: str | None, hash_of: Callable[[str], str | None]) -> str:
    try:
        found = hash_of(path)
    except OSError as error:
        return f"cannot be read ({reason(error)})"
    if found == wanted:
        return ""
    if found is None:
        return "is gone"
    return "exists by now" if wanted is None else "has been changed"
