"""The packages that a project declares."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_tree import opened

from consolidator.workspace.declared import (
    declared_packages,
    extra_packages,
    packages_of_tests,
)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("pyproject.toml", '[project]\ndependencies = ["PyDispatcher>=2", "Render_Kit[x]"]\n'),
        ("pyproject.toml", '[tool.poetry.dependencies]\npydispatcher = "*"\nrender-kit = "1"\n'),
        ("setup.cfg", "[options]\ninstall_requires =\n    PyDispatcher\n    render.kit; a\n"),
        ("setup.py", "setup(install_requires=['pydispatcher', 'render-kit<3'])\n"),
        ("requirements.txt", "-r more.txt\n# a comment\npydispatcher==2\nrender-kit  # why\n"),
    ],
)
def test_each_way_to_declare(tmp_path: Path, path: str, text: str) -> None:
    declared = declared_packages(opened(tmp_path, {path: text}).workspace)

    assert {"pydispatch", "render-kit"} <= declared
    assert not {"more", "why", "a", "x"} & declared


def test_a_package_brings_what_it_cannot_do_without(tmp_path: Path) -> None:
    text = '[project]\ndependencies = ["celery>=5", "pandas"]\n'
    declared = declared_packages(opened(tmp_path, {"pyproject.toml": text}).workspace)

    assert {"kombu", "amqp", "numpy", "dateutil"} <= declared
    assert not {"redis", "scipy"} & declared


@pytest.mark.parametrize("path", ["setup.cfg", "setup.py"])
def test_a_damaged_file_declares_nothing(tmp_path: Path, path: str) -> None:
    assert declared_packages(opened(tmp_path, {path: "]["}).workspace) == frozenset()


def test_an_extra_is_no_dependency(tmp_path: Path) -> None:
    text = '[project.optional-dependencies]\nfast = ["quick-kit>=1"]\n'
    workspace = opened(tmp_path, {"pyproject.toml": text}).workspace

    assert "quick-kit" in extra_packages(workspace)
    assert "quick-kit" not in declared_packages(workspace)


@pytest.mark.parametrize(
    "text",
    [
        '[dependency-groups]\ndocs = ["paper-kit"]\ndev = ["quick-kit", {include-group = "a"}]\n',
        '[project.optional-dependencies]\nfast = ["paper-kit"]\ntests = ["quick-kit"]\n',
        '[tool.poetry.group.docs.dependencies]\npaper-kit = "*"\n'
        '[tool.poetry.group.test.dependencies]\nquick-kit = "*"\n',
        "dependency-groups.dev = 3\nproject.optional-dependencies = []\n",
    ],
)
def test_what_tests_have(tmp_path: Path, text: str) -> None:
    found = packages_of_tests(opened(tmp_path, {"pyproject.toml": text}).workspace)

    assert "pytest" in found
    assert "paper-kit" not in found
    assert ("quick-kit" in found) == ("quick" in text)
