"""What ruff and isort are told about imports, wherever it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from consolidator.workspace.lint import (
    ImportSettings,
    import_settings,
    is_formatted_by_black,
    selected_rules,
)

SET = ImportSettings(True, True, False, 2)
PLACES = {
    "pyproject.toml": "[tool.ruff.lint.isort]\nforce-single-line = true\n"
    "force-sort-within-sections = true\norder-by-type = false\nlines-after-imports = 2\n",
    "ruff.toml": "[lint.isort]\nforce-single-line = true\n"
    "force-sort-within-sections = true\norder-by-type = false\nlines-after-imports = 2\n",
    "setup.cfg": "[isort]\nforce_single_line = True\nforce_sort_within_sections = 1\n"
    "order_by_type = False\nlines_after_imports = 2\n",
    ".isort.cfg": "[settings]\nforce_single_line = true\nforce_sort_within_sections = yes\n"
    "order_by_type = false\nlines_after_imports = 2\n",
}


@pytest.mark.parametrize("name", PLACES)
def test_the_settings_are_read(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(PLACES[name])

    assert import_settings(tmp_path) == SET


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[tool.ruff.lint]\nselect = ['I']\n",
        "[tool.isort]\nprofile = 'black'\nlines_after_imports = -1\n",
        "[tool.ruff.lint.isort]\nforce-single-line = true\nsingle-line-exclusions = ['typing']\n",
        "[tool.ruff]\nlint = 'all'\n",
        "[tool",
    ],
)
def test_where_nothing_certain_is_said_files_show_it(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text)

    assert import_settings(tmp_path) == ImportSettings()
    assert selected_rules(tmp_path) <= {"E402", "F401", "I001"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", "[tool.ruff.lint.isort]\nknown-third-party = ['kit._vendor', 'a']\n"),
        (".isort.cfg", "[settings]\nknown_third_party = kit._vendor,a\n"),
    ],
)
def test_the_groups_of_modules_are_read(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)

    said = (("kit._vendor", "third-party"), ("a", "third-party"))
    assert import_settings(tmp_path) == ImportSettings(known=said)


NEW, OLD = {"F401", "I001"}, {"E402", "F401"}


@pytest.mark.parametrize(
    ("name", "text", "rules"),
    [
        ("ruff.toml", "", NEW),
        ("ruff.toml", "required-version = '>=0.12'\n", NEW),
        ("ruff.toml", "required-version = '>=0.12,<0.16'\n", OLD),
        ("ruff.toml", "required-version = '<1.0'\n", NEW),
        ("ruff.toml", "required-version = '0.15.2'\n", OLD),
        ("ruff.toml", "required-version = '~=0.17.0'\n", NEW),
        ("uv.lock", '[[package]]\nname = "ruff"\nversion = "0.9.10"\n', OLD),
        ("poetry.lock", '[[package]]\nname = "ruff"\nversion = "0.16.0"\n', NEW),
        (
            ".pre-commit-config.yaml",
            "- repo: https://github.com/astral-sh/ruff-pre-commit\n  rev: v0.15.1\n",
            OLD,
        ),
    ],
)
def test_what_ruff_selects_by_default(
    tmp_path: Path, name: str, text: str, rules: set[str]
) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.ruff]\nline-length = 100\n")
    if name == "ruff.toml":
        (tmp_path / "pyproject.toml").unlink()
        text += "line-length = 100\n"
    (tmp_path / name).write_text(text)

    assert selected_rules(tmp_path) == rules


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("pyproject.toml", "[tool.black]\n", True),
        ("pyproject.toml", "[tool.ruff]\n", False),
        (".pre-commit-config.yaml", "- repo: https://github.com/psf/black\n  rev: 24.1.0\n", True),
    ],
)
def test_black(tmp_path: Path, name: str, text: str, expected: bool) -> None:
    (tmp_path / name).write_text(text)

    assert is_formatted_by_black(tmp_path) is expected
