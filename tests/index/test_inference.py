"""What rope is asked, and what it is kept from."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from consolidator.index.inference import Inference

Ask = Callable[..., tuple[str, int] | None]

HELPERS = "class Tool:\n    pass\n"
USER = (
    "from pkg import helpers\n\n\nclass Bench:\n    def __init__(self):\n"
    "        self.helpers = helpers\n\n    def make(self):\n        return self.helpers.Tool()\n"
)


def write(root: Path, files: Mapping[str, str | bytes]) -> None:
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content.encode() if isinstance(content, str) else content)


def inference(root: Path, **limits: float) -> Inference:
    def read(path: str) -> bytes | None:
        return (root / path).read_bytes() if (root / path).exists() else None

    return Inference(root, [""], read, **limits)  # type: ignore[arg-type]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write(tmp_path, {"pkg/__init__.py": "", "pkg/helpers.py": HELPERS, "pkg/user.py": USER})
    return tmp_path


def test_an_attribute_of_a_module_held_by_an_object(project: Path) -> None:
    offset = USER.index("Tool()")
    assert inference(project).definition_at("pkg/user.py", USER, offset) == ("pkg/helpers.py", 1)


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_offsets_count_in_the_text_as_it_is(project: Path, newline: str) -> None:
    text = USER.replace("\n", newline)
    offset = text.index("Tool()")
    assert inference(project).definition_at("pkg/user.py", text, offset) == ("pkg/helpers.py", 1)


def test_the_workspace_is_read_and_not_the_disk(project: Path) -> None:
    changed = {"pkg/helpers.py": ("\n\n" + HELPERS).encode(), "pkg/__init__.py": b""}
    asked = Inference(project, [""], changed.get)
    offset = USER.index("Tool()")
    assert asked.definition_at("pkg/user.py", USER, offset) == ("pkg/helpers.py", 3)


@pytest.mark.parametrize(
    "text", ["def f(x):\n    return x.Tool\n", "x = (\nx.Tool", "import gone\ngone.Tool\n"]
)
def test_what_cannot_be_told_is_none(project: Path, text: str) -> None:
    assert inference(project).definition_at("pkg/user.py", text, text.index("Tool")) is None


def test_errors_of_rope_become_none(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from rope.base import evaluate

    def fail(*arguments: object) -> None:
        raise RecursionError

    monkeypatch.setattr(evaluate, "eval_location", fail)
    assert inference(project).definition_at("pkg/user.py", USER, USER.index("Tool()")) is None


def test_no_more_positions_than_allowed(project: Path) -> None:
    asked = inference(project, positions=1)
    offset = USER.index("Tool()")
    assert asked.definition_at("pkg/user.py", USER, offset) is not None
    assert asked.definition_at("pkg/user.py", USER, offset) is None


def test_no_more_time_than_allowed(project: Path) -> None:
    asked = inference(project, seconds=0.0)
    assert asked.definition_at("pkg/user.py", USER, USER.index("Tool()")) is None


def test_no_settings_of_the_project_run_code(project: Path) -> None:
    trap = "import pathlib\npathlib.Path({!r}).touch()\n"
    sprung = {name: project / f"sprung-{name}" for name in ("config", "extension")}
    write(
        project,
        {
            ".ropeproject/config.py": trap.format(str(sprung["config"])),
            "trap_module.py": trap.format(str(sprung["extension"])),
            "pyproject.toml": '[tool.rope]\nextension_modules = ["trap_module"]\n',
        },
    )
    text = USER + "\n\nimport trap_module\n\ntrap_module.Tool\n"
    before = sorted(path for path in project.rglob("*"))
    sys.path.insert(0, str(project))
    try:
        asked = inference(project)
        assert asked.definition_at("pkg/user.py", text, text.index("Tool()")) is not None
        asked.definition_at("pkg/user.py", text, text.rindex("Tool"))
    finally:
        sys.path.remove(str(project))
    assert "trap_module" not in sys.modules
    assert sorted(path for path in project.rglob("*")) == before


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_traps_are_real(project: Path) -> None:
    """rope by itself would run the configuration, or the test above would show nothing."""
    from rope.base.project import Project

    sprung = project / "sprung"
    write(project, {".ropeproject/config.py": f"open({str(sprung)!r}, 'w').close()\n"})
    Project(str(project)).close()
    assert sprung.exists()


def test_no_version_control_program_is_started(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / ".git").mkdir()

    def started(*arguments: object, **options: object) -> None:
        raise AssertionError("a program was started")

    monkeypatch.setattr(subprocess, "Popen", started)
    offset = USER.index("Tool()")
    assert inference(project).definition_at("pkg/user.py", USER, offset) == ("pkg/helpers.py", 1)


def test_rope_is_not_imported_before_it_is_asked() -> None:
    code = "import sys, consolidator.index.inference; sys.exit('rope' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
