"""What an attribute is defined as, asked of rope: the only file that imports it.

rope is kept from everything but reading and inferring. It gets no `.ropeproject` and none of the
project's settings, because both can make it run the project's code; it starts no version control
program; it writes nothing; and it looks for modules in the project alone.
"""

from __future__ import annotations

import re
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

MOST_POSITIONS = 50
MOST_SECONDS = 2.0
_NEWLINE = re.compile(r"\r\n|\r")


class Inference:
    """A batch of questions about one state of a project, limited in number and in time.

    `read` gives the bytes of a file by its path relative to `root`, or None when it has no such
    file. The clock starts with the first question; rope is imported only then.
    """

    def __init__(
        self,
        root: Path,
        source_folders: Sequence[str],
        read: Callable[[str], bytes | None],
        *,
        positions: int = MOST_POSITIONS,
        seconds: float = MOST_SECONDS,
    ) -> None:
        self._root, self._folders, self._read = root, tuple(source_folders), read
        self._left, self._seconds = positions, seconds
        self._deadline: float | None = None
        self._project: Any = None
        self._modules: dict[tuple[str, str], Any] = {}

    def definition_at(self, path: str, text: str, offset: int) -> tuple[str, int] | None:
        """Path and line of what the name at `offset` of `text` is defined as.

        `text` stands for the content of the file at `path`. None when rope cannot tell, fails in
        whatever way, or the limits are used up; nothing is raised.
        """
        if self._deadline is None:
            self._deadline = time.monotonic() + self._seconds
        if self._left <= 0 or time.monotonic() > self._deadline:
            return None
        self._left -= 1
        code = _NEWLINE.sub("\n", text)
        # rope counts in text whose newlines are all "\n"; a cut within "\r\n" cannot occur.
        place = len(_NEWLINE.sub("\n", text[:offset]))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # rope's own, about the `ast` it uses
                return self._ask(path, code, place)
        except Exception:
            # rope raises nearly anything on code it did not expect: its own errors, KeyError,
            # AttributeError, RecursionError. Each means no more than that it cannot tell.
            return None

    def _ask(self, path: str, code: str, offset: int) -> tuple[str, int] | None:
        from rope.base import evaluate, libutils

        if self._project is None:
            self._project = _open_project(self._root, self._folders, self._read, self._check_time)
        module = self._modules.get((path, code))
        if module is None:
            resource = self._project.get_resource(path)
            module = libutils.get_string_module(self._project, code, resource)
            self._modules[path, code] = module
        found = evaluate.eval_location(module, offset)
        if found is None:
            return None
        holder, line = found.get_definition_location()
        resource = holder.get_resource() if holder is not None else None
        if resource is None or line is None:
            return None
        return str(resource.path), int(line)

    def _check_time(self) -> None:
        if self._deadline is not None and time.monotonic() > self._deadline:
            raise TimeoutError


def _open_project(
    root: Path,
    folders: tuple[str, ...],
    read: Callable[[str], bytes | None],
    check_time: Callable[[], None],
) -> Any:
    from rope.base.prefs import Prefs
    from rope.base.project import Project

    class ReadOnlyProject(Project):  # type: ignore[misc]
        """rope's project without the files and settings that would make it run code."""

        def _init_prefs(self, prefs: dict[str, Any]) -> None:
            # Not read from pyproject.toml: `extension_modules` there are imported when met.
            self.prefs = Prefs(
                extension_modules=[],
                ignore_syntax_errors=True,
                ignore_bad_imports=True,
                automatic_soa=False,
                perform_doa=False,
                save_objectdb=False,
                save_history=False,
            )
            self._init_other_parts()

        def get_source_folders(self) -> list[Any]:
            # rope's own walks the whole tree for every import.
            return [self.get_resource(folder) for folder in folders]

        def get_python_path_folders(self) -> list[Any]:
            return []  # what is installed beside this tool is not the project's

        def find_module(self, modname: str, folder: Any = None) -> Any:
            # Reading modules is what takes rope long, so that is where it is stopped.
            check_time()
            return super().find_module(modname, folder)

        def find_relative_module(self, modname: str, folder: Any, level: int) -> Any:
            check_time()
            return super().find_relative_module(modname, folder, level)

    return ReadOnlyProject(
        str(root), fscommands=_ReadOnlyFiles(root.resolve(), read), ropefolder=None
    )


class _ReadOnlyFiles:
    """What rope calls file system commands; it can read the workspace and do nothing else.

    With this given, rope does not look for a version control program to run.
    """

    def __init__(self, root: Path, read: Callable[[str], bytes | None]) -> None:
        self._root, self._read = root, read

    def read(self, path: str) -> bytes:
        try:
            relative = Path(path).resolve().relative_to(self._root).as_posix()
        except ValueError:
            raise FileNotFoundError(path) from None
        data = self._read(relative)
        if data is None:
            raise FileNotFoundError(path)
        return data

    def _refuse(self, *arguments: object) -> None:
        raise PermissionError("rope may only read")

    create_file = create_folder = move = remove = write = _refuse
