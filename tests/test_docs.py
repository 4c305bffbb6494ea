"""The documentation says what the code says: codes, commands, options, settings, links."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

from consolidator.cli import app
from consolidator.errors import CODES
from consolidator.workspace.config import Config

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
CODES_PAGE = ROOT / "docs" / "codes.md"
PAGES = (README, *sorted((ROOT / "docs").glob("*.md")))

COMMANDS: dict[str, object] = getattr(typer.main.get_command(app), "commands")  # noqa: B009
LINK = re.compile(r"\[[^\]]*\]\(([^()\s]+)\)")


def without_code(page: Path) -> str:
    """A page without its fenced blocks, where `#` and brackets mean other things."""
    return re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.S | re.M)


def headings(page: Path) -> list[str]:
    return re.findall(r"^#{1,6} +(.+?) *$", without_code(page), re.M)


def anchor(heading: str) -> str:
    """The name that GitHub gives a heading in links."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def section(page: Path, heading: str) -> str:
    text = page.read_text(encoding="utf-8")
    found = re.search(rf"^## {re.escape(heading)}$(.*?)(?=^## |\Z)", text, re.S | re.M)
    assert found, f"{page.name} has no section {heading!r}"
    return found[1]


def links() -> list[tuple[Path, str]]:
    found = [(page, link) for page in PAGES for link in LINK.findall(without_code(page))]
    return [(page, link) for page, link in found if "://" not in link]


def test_every_code_has_its_heading_in_alphabetical_order() -> None:
    described = re.findall(r"^## (.+)$", without_code(CODES_PAGE), re.M)
    assert described == sorted(CODES)


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_says_when_what_to_do_and_whether_it_can_be_accepted(code: str) -> None:
    text = section(CODES_PAGE, code)
    assert re.search(r"^- \*When\*: ", text, re.M)
    assert re.search(r"^- \*What to do\*: ", text, re.M)
    assert re.search(r"^- \*`--accept`\*: (yes|not?)\b", text, re.M)


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_is_in_the_readme(code: str) -> None:
    assert f"`{code}`" in README.read_text(encoding="utf-8")


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_is_in_the_readme(command: str) -> None:
    assert f"`consolidate {command}" in section(README, "Commands and options")


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_option_is_in_the_readme(command: str) -> None:
    text = section(README, "Commands and options")
    for parameter in getattr(COMMANDS[command], "params"):  # noqa: B009
        for option in parameter.opts:
            if option.startswith("--") and option != "--help":
                assert re.search(rf"`[^`\n]*{option}(?![\w-])", text), option


def test_every_setting_is_in_the_readme_and_no_other() -> None:
    text = section(README, "Configuration")
    block = re.search(r"```toml\n\[tool\.consolidate\]\n(.*?)```", text, re.S)
    assert block
    shown = re.findall(r"^([\w-]+) *=", block[1], re.M)
    assert sorted(shown) == sorted(str(field.alias) for field in Config.model_fields.values())


def test_there_are_links_to_check() -> None:
    assert len(links()) > 5


@pytest.mark.parametrize(("page", "link"), links(), ids=lambda value: str(value))
def test_no_link_is_dead(page: Path, link: str) -> None:
    path, _, fragment = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    assert target.exists(), f"{page.name}: {link}"
    if fragment:
        assert fragment in {anchor(heading) for heading in headings(target)}, link
