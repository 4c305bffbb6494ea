"""A repository full of traps: whatever of it is run leaves a mark."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

MARK = "TRAPPED"

CLASS = '''"""Orders."""

import json


class Invoice:
    """What a customer has to pay."""

    def total(self) -> str:
        return json.dumps({})
'''


def make_trap_tree(root: Path) -> Path:
    """Make the repository; the file that exists when one of its traps was run."""
    mark = root.parent / MARK
    trap = f"open({str(mark)!r}, 'a').write(__file__ + '\\n')\n"
    script = f"#!/bin/sh\necho $0 >> '{mark}'\nexit 0\n"
    python = {
        ".ropeproject/config.py": trap + "def set_prefs(prefs): pass\n",
        "conftest.py": trap,
        "sitecustomize.py": trap,
        "usercustomize.py": trap,
        "setup.py": trap + "from setuptools import setup\nsetup(package_dir={'': 'src'})\n",
        "noxfile.py": trap,
        "src/shop/__init__.py": trap,
        "src/shop/orders.py": trap + CLASS,
        "src/shop/checkout.py": trap + "from shop.orders import Invoice\n\nx = Invoice()\n",
        "src/shop/broken.py": trap + "from shop.orders import NoSuch\nfrom shop.gone import X\n",
        "src/shop/copies.py": trap + CLASS,
        "src/shop/dynamic.py": trap + "helper = __import__('shop.orders')\nhelper.Invoice\n",
        # modules that shadow ours and those that we need
        "consolidator/__init__.py": trap,
        "consolidator/cli.py": trap,
        "libcst/__init__.py": trap,
        "rope/__init__.py": trap,
        "typer.py": trap,
        "ast.py": trap,
        "tomllib.py": trap,
    }
    programs = ("git", "bin/git", "ruff", "bin/ruff", "python", "hooks/post-index-change", "evil")
    for path, text in python.items():
        _write(root / path, text)
    for path in programs:
        _write(root / path, script)
        (root / path).chmod(0o755)
    _write(root / "pyproject.toml", "[tool.ruff]\nline-length = 80\n[project]\nname = 'shop'\n")
    _write(root / "src/evil.pth", f"import sys; {trap}")
    if _has_git():
        _poison_git(root)
    return mark


def _poison_git(root: Path) -> None:
    """Settings of a repository that make an unwary git start programs."""
    for command in (
        ["init", "-q"],
        ["config", "core.fsmonitor", str(root / "evil")],
        ["config", "core.hooksPath", str(root / "hooks")],
        ["config", "core.pager", str(root / "evil")],
        ["config", "core.sshCommand", str(root / "evil")],
        ["config", "diff.external", str(root / "evil")],
        ["config", "filter.evil.clean", str(root / "evil")],
        ["config", "filter.evil.smudge", str(root / "evil")],
        ["config", "alias.ls-files", f"!{root / 'evil'}"],
    ):
        subprocess.run(["git", "-C", str(root), *command], check=True)
    _write(root / ".gitattributes", "*.py filter=evil diff=evil\n")


def _has_git() -> bool:
    return any(
        os.access(Path(entry) / "git", os.X_OK)
        for entry in os.environ.get("PATH", "").split(os.pathsep)
    )


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
