"""What ruff and isort are told about imports, wherever it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from consolidator.workspace.lint import ImportSettings, import_settings, selected_rules

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
