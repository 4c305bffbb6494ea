"""What stands on the disk beside the files of a project."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_tree import plant

from consolidator.workspace.unlisted import IgnoreFiles, compiled_twin, unlisted_module


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (["pkg/mod.py"], "pkg/mod.py"),
        (["pkg/mod.cpython-311-x86_64-linux-gnu.so"], "pkg/mod.cpython-311-x86_64-linux-gnu.so"),
        (["pkg/mod.pyx"], "pkg/mod.pyx"),
        (["pkg/mod/part.pyd"], "pkg/mod/part.pyd"),
        (["pkg/mod/data.json"], ""),
        (["pkg/mod.txt", "pkg/model.py", "pkg/amod.so"], ""),
        ([], ""),
    ],
)
def test_the_file_that_provides_a_module(tmp_path: Path, files: list[str], expected: str) -> None:
    plant(tmp_path, dict.fromkeys(files, ""))
    assert unlisted_module(tmp_path, "pkg/mod") == expected


@pytest.mark.parametrize(
    ("beside", "expected"),
    [
        ("mod.cpython-311-x86_64-linux-gnu.so", "pkg/mod.cpython-311-x86_64-linux-gnu.so"),
        ("mod.pyd", "pkg/mod.pyd"),
        ("model.so", ""),
        ("mod.pyx", ""),
    ],
)
def test_what_is_imported_in_place_of_a_file(tmp_path: Path, beside: str, expected: str) -> None:
    plant(tmp_path, {"pkg/mod.py": "", f"pkg/{beside}": ""})
    assert compiled_twin(tmp_path, "pkg/mod.py") == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("gen/a.py", True),
        ("pkg/made.py", True),
        ("pkg/kept/made.py", False),
        ("pkg/kept/other_made.py", True),
        ("pkg/a.py", False),
    ],
)
def test_the_nearest_gitignore_decides(tmp_path: Path, path: str, expected: bool) -> None:
    files = {".gitignore": "/gen/\n*made.py\n", "pkg/kept/.gitignore": "!made.py\n"}
    assert IgnoreFiles(plant(tmp_path, files)).exclude(path) is expected
