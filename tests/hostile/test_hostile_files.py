"""Files that nobody would write by hand: every command answers or refuses, and never crashes."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from consolidator.cli import run_cli

GOOD = "class Invoice:\n    def total(self):\n        return 1\n"
USER = "from shop.orders import Invoice\nfrom shop.odd import Invoice as Other\n"

COMMANDS = (
    ["move", "shop.orders:Invoice", "--to", "shop.billing"],
    ["move", "shop.orders:Invoice", "--to", "shop.odd"],
    ["move", "shop.odd:Invoice", "--to", "shop.orders"],
    ["scan"],
    ["scan", "--format", "json"],
    ["plan"],
    ["check"],
)


def nested(opening: str, closing: str, depth: int) -> bytes:
    return f"x = {opening * depth}1{closing * depth}\n{GOOD}".encode()


def blocks(depth: int) -> bytes:
    lines = [f"{' ' * level}if True:" for level in range(depth)]
    return ("\n".join([*lines, " " * depth + "pass", GOOD])).encode()


def attributes(depth: int) -> bytes:
    return f"x = a{'.b' * depth}\n{GOOD}".encode()


def calls(depth: int) -> bytes:
    return f"x = a{'()' * depth}\n{GOOD}".encode()


FILES: dict[str, bytes] = {
    "undecodable": b"# \xff\xfe\n" + GOOD.encode(),
    "unknown cookie": b"# -*- coding: no-such-codec -*-\n" + GOOD.encode(),
    "codec that is no text": b"# -*- coding: rot13 -*-\n" + GOOD.encode(),
    "utf-16": GOOD.encode("utf-16"),
    "NUL bytes": b"x = 1\0\n" + GOOD.encode(),
    "bare CR": GOOD.replace("\n", "\r").encode(),
    "mixed newlines": GOOD.replace("\n", "\r\n", 1).encode() + b"x = 1\r",
    "50,000 lines": b"".join(b"x%d = %d\n" % (n, n) for n in range(50_000)) + GOOD.encode(),
    "one long line": b"x = [" + b"1, " * 300_000 + b"]\n" + GOOD.encode(),
    "deep parentheses": nested("(", ")", 5000),
    "deep lists": nested("[", "]", 150),
    "deeper lists": nested("[", "]", 20_000),
    "deep unary": nested("-", "", 5000),
    "deep sum": b"x = 1" + b" + 1" * 20_000 + b"\n" + GOOD.encode(),
    "deep attributes": attributes(20_000),
    "deep calls": calls(20_000),
    "deep blocks": blocks(90),
    "deeper blocks": blocks(300),
    "many elifs": b"if x:\n    pass\n" + b"elif y:\n    pass\n" * 5000 + b"\n" + GOOD.encode(),
    "unterminated string": GOOD.encode() + b'x = """never closed\n',
    "unbalanced bracket": b"x = (\n" + GOOD.encode(),
    "backslash at the end": GOOD.encode() + b"x = 1 + \\",
    "form feeds": b"\f\n" + GOOD.encode() + b"\f",
    "only a BOM": b"\xef\xbb\xbf",
    "BOM twice": b"\xef\xbb\xbf\xef\xbb\xbf" + GOOD.encode(),
    "empty": b"",
    "surrogate in a string": b'x = "\\ud800"\n' + GOOD.encode(),
    "odd identifiers": "ｆｒｏｍ = 1\nÅ = 2\n".encode() + GOOD.encode(),
    "huge number": b"x = " + b"9" * 10_000 + b"\n" + GOOD.encode(),
    "import of itself": b"from shop.odd import *\nimport shop.odd\n" + GOOD.encode(),
    "relative beyond the top": b"from ......... import x\n" + GOOD.encode(),
    "keyword as a name": b"from shop.class import x\n" + GOOD.encode(),
    "Python 2": b"print 'x'\nexec 'y'\n" + GOOD.encode(),
    "template": b"class {{ name }}:\n    pass\n" + GOOD.encode(),
    "conflict markers": b"<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> b\n" + GOOD.encode(),
}


def plant(root: Path, odd: bytes) -> None:
    files = {
        "pyproject.toml": b"[project]\nname = 'shop'\n",
        "shop/__init__.py": b"",
        "shop/orders.py": GOOD.encode(),
        "shop/user.py": USER.encode(),
        "shop/odd.py": odd,
    }
    for path, data in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)


def answers(root: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> int:
    dry = ["--dry-run"] if arguments[0] == "move" else []
    code = run_cli([*arguments, *dry, "--root", str(root)])
    assert "Traceback" not in capsys.readouterr().err
    return code


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda arguments: " ".join(arguments))
@pytest.mark.parametrize("what", FILES)
def test_an_answer_or_a_refusal(
    tmp_path: Path, what: str, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "tree"
    plant(root, FILES[what])
    before = {path: path.read_bytes() for path in root.rglob("*.py")}
    assert answers(root, arguments, capsys) in (0, 1, 2, 3)
    assert {path: path.read_bytes() for path in root.rglob("*.py")} == before


def a_pipe(root: Path) -> None:
    os.mkfifo(root / "shop/pipe.py")


def a_directory(root: Path) -> None:
    (root / "shop/folder.py").mkdir()


def a_loop(root: Path) -> None:
    (root / "shop/loop.py").symlink_to("loop.py")
    (root / "shop/up").symlink_to("..")


def a_link_out(root: Path) -> None:
    (root.parent / "secret.py").write_text(GOOD)
    (root / "shop/link.py").symlink_to(root.parent / "secret.py")


def a_name_that_is_no_utf_8(root: Path) -> None:
    Path(os.fsdecode(os.fsencode(root) + b"/shop/\xff.py")).write_text(GOOD)


def a_name_with_odd_characters(root: Path) -> None:
    (root / "shop/new\nline.py").write_text(GOOD)
    (root / 'shop/quo"te.py').write_text(GOOD)


def a_deep_folder(root: Path) -> None:
    (root / "/".join(["d"] * 300)).mkdir(parents=True)


def a_hundred_cycles(root: Path) -> None:
    for n in range(100):
        (root / f"shop/c{n}.py").write_text(f"from shop.c{(n + 1) % 100} import *\n")


@pytest.mark.skipif(os.name == "nt", reason="kinds of files that Windows lacks")
@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda arguments: " ".join(arguments))
@pytest.mark.parametrize(
    "make",
    [
        a_pipe,
        a_directory,
        a_loop,
        a_link_out,
        a_name_that_is_no_utf_8,
        a_name_with_odd_characters,
        a_deep_folder,
        a_hundred_cycles,
    ],
)
def test_odd_trees(
    tmp_path: Path,
    make: Callable[[Path], None],
    arguments: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    root = tmp_path / "tree"
    plant(root, GOOD.encode())
    make(root)
    assert answers(root, arguments, capsys) in (0, 1, 2, 3)


@pytest.mark.parametrize("arguments", [["scan"], ["plan"], ["move", "Invoice", "--to", "x"]])
@pytest.mark.parametrize(
    "settings",
    [b"\xff\xfe", b"[tool.consolidate]\nroots = ['../..']\n", b"a = " + b"[" * 5000, b"\0"],
    ids=["undecodable", "roots outside", "deep", "NUL"],
)
def test_settings_that_cannot_be_used_are_a_wrong_command(
    tmp_path: Path, settings: bytes, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "tree"
    plant(root, GOOD.encode())
    (root / "pyproject.toml").write_bytes(settings)
    assert answers(root, arguments, capsys) == 2
