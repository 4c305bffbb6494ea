"""The names agree with the interpreter's own import system, on trees drawn at random."""

from __future__ import annotations

import tempfile
from importlib.machinery import FileFinder, SourceFileLoader
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from consolidator.workspace.modules import Modules
from consolidator.workspace.source_root import SourceRoot

STEMS = st.sampled_from(["a", "b", "__init__"])
FOLDERS = st.lists(st.sampled_from(["a", "b", "c-d"]), max_size=3)
PATHS = st.builds(lambda folders, stem: "/".join([*folders, stem]) + ".py", FOLDERS, STEMS)
NAMES = ["a", "b", "a.a", "a.b", "b.a", "b.b", "a.a.a", "a.a.b", "a.b.a", "b.b.b", "b.a.b"]


@settings(deadline=None, max_examples=60)
@given(st.sets(PATHS, max_size=8))
def test_one_root(paths: set[str]) -> None:
    modules = Modules((SourceRoot("", "flat layout"),), frozenset(paths))
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory).resolve()
        for path in paths:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).touch()
        for name in NAMES:
            found, is_package = _found(name, root)
            assert modules.path_of(name) == found, name
            assert modules.is_package(name) == is_package, name


def _found(name: str, root: Path) -> tuple[str | None, bool]:
    """The file that the interpreter would load, and whether it takes the module for a package."""
    location, origin, is_package = str(root), None, True
    for part in name.split("."):
        if not is_package:
            return None, False
        spec = FileFinder(location, (SourceFileLoader, [".py"])).find_spec(part)
        if spec is None:
            return None, False
        origin, is_package = spec.origin, spec.submodule_search_locations is not None
        location = (spec.submodule_search_locations or [""])[0]
    if origin is None:
        # The interpreter takes any folder for a namespace; we want a module in it.
        return None, any(Path(location).rglob("*.py"))
    return Path(origin).relative_to(root).as_posix(), is_package
