"""What the benchmarks draw from: the sample is fixed, the export leaves nothing half done."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from benchmarks import corpora
from benchmarks.sample import choose, find_classes
from benchmarks.texts import Texts
from benchmarks.uses import imported_names, users


def write(tree: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).write_text(text)


def a_package(tree: Path) -> None:
    files = {f"pkg/m{number}.py": f"class A{number}:\n    pass\n" for number in range(9)}
    files |= {"pkg/sub/__init__.py": "", "pkg/sub/n.py": ""}
    write(tree, files | {"pkg/__init__.py": "", "pkg/tests/test_x.py": "class T:\n    pass\n"})


def test_more_classes_later_keep_those_already_chosen(tmp_path: Path) -> None:
    a_package(tmp_path)

    few, many = choose(tmp_path, "pkg", 3, 1), choose(tmp_path, "pkg", 8, 1)

    assert many[:3] == few
    assert {move.kind for move in many} == {"sibling", "other", "new"}
    assert choose(tmp_path, "pkg", 8, 2) != many


def test_a_target_is_a_sibling_or_new_and_never_the_source(tmp_path: Path) -> None:
    a_package(tmp_path)

    for move in choose(tmp_path, "pkg", 9, 1):
        assert move.target_path != move.source_path
        assert (tmp_path / move.target_path).exists() == (move.kind != "new")
        assert "__init__" not in move.target_path


def test_tests_and_twice_defined_classes_are_left_out(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "pkg/a.py": "class A: pass\nclass B: pass\nclass B: pass\n",
            "pkg/conftest.py": "class C: pass\n",
            "pkg/testing/d.py": "class D: pass\n",
            "pkg/broken.py": "class E\n",
        },
    )

    assert [each.name for each in find_classes(tmp_path)] == ["A"]


@pytest.mark.parametrize(
    "reader",
    [
        "from pkg.m import os\n",
        "from .m import os as system\n",
        "from pkg.m import *\nos\n",
        "import pkg.m\npkg.m.os\n",
        "from . import m as n\nn.os\n",
        "import pkg.m as n\nn.os\n",
        "patch('pkg.m.os')\n",
    ],
)
def test_users_of_a_name_are_found(tmp_path: Path, reader: str) -> None:
    write(tmp_path, {"pkg/m.py": "import os\n", "pkg/reader.py": reader})

    assert users(Texts.read(tmp_path), "pkg.m", "os") == ["pkg/reader.py"]


def test_the_same_name_from_elsewhere_is_no_use(tmp_path: Path) -> None:
    reader = "'Like `pkg.m.os`.'\nimport os\nm = os.path\n"
    write(tmp_path, {"pkg/m.py": "import os\n", "pkg/reader.py": reader})

    assert users(Texts.read(tmp_path), "pkg.m", "os") == []


def test_a_star_import_uses_only_what_it_brings(tmp_path: Path) -> None:
    module = "import os\n_kept = {}\n__all__ = ('C',)\n"
    write(tmp_path, {"pkg/m.py": module, "pkg/reader.py": "from pkg.m import *\nos, _kept, C\n"})

    assert users(Texts.read(tmp_path), "pkg.m", "os") == []
    assert users(Texts.read(tmp_path), "pkg.m", "_kept") == []
    assert users(Texts.read(tmp_path), "pkg.m", "C") == ["pkg/reader.py"]


def test_only_names_bound_by_imports_and_what_stands_in_for_them_are_imports() -> None:
    module = (
        b"import a.b\nfrom c import d as e\ntry:\n    import f, g\nexcept ImportError:\n    f = 1\n"
        b"    HAS_F = False\ng = 2\n"
    )

    assert imported_names(module) == {"a", "e", "f"}


def test_an_export_skips_the_blobs_that_are_missing(tmp_path: Path) -> None:
    def git(*arguments: str) -> str:
        done = subprocess.run(
            ["git", "-c", "user.name=x", "-c", "user.email=x@example.org", *arguments],
            cwd=tmp_path / "repo", check=True, capture_output=True, text=True,
        )  # fmt: skip
        return done.stdout.strip()

    write(tmp_path / "repo", {"a/b.py": "kept\r\n", "lost.py": "lost", "empty.py": ""})
    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "--message", "all")
    blob = git("rev-parse", "HEAD:lost.py")
    (tmp_path / "repo" / ".git" / "objects" / blob[:2] / blob[2:]).unlink()

    counts = corpora.export_zen(tmp_path / "repo" / ".git", tmp_path / "out", "HEAD")

    assert counts == (2, 1)
    assert (tmp_path / "out" / "a" / "b.py").read_bytes() == b"kept\r\n"
    assert (tmp_path / "out" / "empty.py").read_bytes() == b""


def test_the_cache_can_be_put_elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CONSOLIDATE_CORPORA", str(tmp_path))

    assert corpora.corpus("sympy").site == tmp_path / "site" / "sympy"


def test_a_module_named_alike_elsewhere_is_another(tmp_path: Path) -> None:
    files = {
        "pkg/__init__.py": "",
        "pkg/cluster.py": "class Base: ...\n",
        "pkg/asyncio/__init__.py": "",
        "pkg/asyncio/cluster.py": "from pkg.cluster import Base\n",
        "pkg/reader.py": "import pkg\n\nfound = pkg.cluster.Base\n",
        "pkg/other.py": "import pkg\n\nfound = pkg.asyncio.cluster.Base\n",
        "pkg/foreign.py": "import elsewhere.cluster\n\nfound = elsewhere.cluster.Base\n",
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)

    assert users(Texts.read(tmp_path), "pkg.asyncio.cluster", "Base") == ["pkg/other.py"]
