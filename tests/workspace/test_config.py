"""`[tool.consolidate]`: defaults, every key, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from consolidator.errors import UsageError
from consolidator.workspace.config import DEFAULT_COMMENT, Config, check_comment, load_config


def settings(project: Path, text: str) -> Path:
    (project / "pyproject.toml").write_text(text)
    return project


def test_defaults_without_a_file(project: Path) -> None:
    config = load_config(project)
    assert config == Config()
    assert config.comment == "# {name} {kind} moved to {target} to maintain SSOT"
    assert (config.leave_behind, config.leave_behind_place) == ("import", "class")
    assert (config.helpers, config.strings) == ("auto", "list")
    assert (config.roots, config.exclude, config.accept) == ((), (), ())


def test_defaults_without_the_table(project: Path) -> None:
    assert load_config(settings(project, "[project]\nname = 'x'\n")) == Config()


def test_every_key(project: Path) -> None:
    (project / "lib").mkdir()
    config = load_config(
        settings(
            project,
            "[tool.consolidate]\n"
            "roots = ['lib']\nexclude = ['gen/', '*_pb2.py']\n"
            "comment = '# {name} now in {target}'\n"
            "leave-behind = 'lazy'\nleave-behind-place = 'imports'\n"
            "helpers = 'travel'\nstrings = 'rewrite'\naccept = ['symlink']\n",
        )
    )
    assert config == Config(
        roots=("lib",),
        exclude=("gen/", "*_pb2.py"),
        comment="# {name} now in {target}",
        leave_behind="lazy",
        leave_behind_place="imports",
        helpers="travel",
        strings="rewrite",
        accept=("symlink",),
    )


def test_is_frozen() -> None:
    with pytest.raises(ValidationError):
        Config().helpers = "lazy"


def test_an_unknown_key_is_named_with_its_file(project: Path) -> None:
    with pytest.raises(UsageError) as caught:
        load_config(settings(project, "[tool.consolidate]\nleave-behinds = 'import'\n"))
    assert "leave-behinds" in str(caught.value)
    assert str(project / "pyproject.toml") in str(caught.value)
    assert "leave-behind-place" in str(caught.value)  # the keys that there are


def test_keys_are_written_with_hyphens(project: Path) -> None:
    with pytest.raises(UsageError, match="write 'leave-behind' for 'leave_behind'"):
        load_config(settings(project, "[tool.consolidate]\nleave_behind = 'lazy'\n"))


@pytest.mark.parametrize(
    "line",
    [
        "leave-behind = 'eager'",
        "leave-behind = true",
        "roots = 'src'",
        "roots = [1]",
        "roots = ['../other']",
        "roots = ['/etc']",
        "roots = ['absent']",
        "exclude = ['\\']",
        "exclude = 'gen/'",
        "comment = '{name} without a hash'",
        "comment = '# {nme}'",
        "comment = '# {name'",
        "comment = '# {name!r}'",
        'comment = "# {name}\\nimport os"',
    ],
)
def test_a_wrong_value_names_its_key(project: Path, line: str) -> None:
    with pytest.raises(UsageError) as caught:
        load_config(settings(project, f"[tool.consolidate]\n{line}\n"))
    assert line.partition(" ")[0] in str(caught.value)


@pytest.mark.parametrize("text", ["[tool.consolidate", "tool = 1\n[tool.consolidate]\n"])
def test_malformed_toml(project: Path, text: str) -> None:
    with pytest.raises(UsageError, match=r"pyproject\.toml"):
        load_config(settings(project, text))


def test_the_table_must_be_one(project: Path) -> None:
    with pytest.raises(UsageError, match="must be a table"):
        load_config(settings(project, "tool.consolidate = 3\n"))


def test_a_byte_order_mark_is_no_error(project: Path) -> None:
    (project / "pyproject.toml").write_bytes(b"\xef\xbb\xbf[tool.consolidate]\nhelpers = 'lazy'\n")
    assert load_config(project).helpers == "lazy"


@pytest.mark.parametrize("template", [DEFAULT_COMMENT, "", "# one\n# {target}", "# {{braces}}"])
def test_comment_templates_that_can_be_used(template: str) -> None:
    assert check_comment(template) == template
