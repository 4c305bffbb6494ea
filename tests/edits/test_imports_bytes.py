"""Every byte outside the edits is kept, and new lines end as the file's lines do."""

from __future__ import annotations

import pytest
from import_case import classify, find, named

from consolidator.edits.imports import (
    Addition,
    Habits,
    ImportedName,
    edit_imports,
)
from consolidator.edits.imports.names import Surroundings
from consolidator.edits.imports.wrap import width_of
from consolidator.edits.text_edit import TextEdit, apply_edits
from consolidator.index.syntax import parse
from consolidator.names import ModuleName, Span

AROUND = Surroundings(ModuleName("pkg.mod"), False)


def edited(
    text: str,
    *,
    retarget: dict[str, str] | None = None,
    remove: list[str] | None = None,
    add: list[str] | None = None,
    newline: str = "\n",
    width: int | None = None,
) -> list[TextEdit]:
    """The edits for wishes given as in the cases."""
    syntax = parse(text)
    return edit_imports(
        syntax,
        AROUND.module,
        AROUND.is_package,
        newline=newline,
        classify=classify,
        remove=[find(syntax, AROUND, site) for site in remove or []],
        retarget={find(syntax, AROUND, site): named(new) for site, new in (retarget or {}).items()},
        add=[Addition(named(new)) for new in add or []],
        habits=Habits(line_length=width),
    )


def test_no_wishes_no_edits() -> None:
    assert edited("import os  \n\n\n\nimport   sys\n") == []


def test_what_is_there_already_needs_no_edit() -> None:
    text = "import os\n\nfrom pkg.t import C as K\n"
    assert edited(text, add=["os", "pkg.t:C as K"]) == []


def test_a_retarget_to_where_it_comes_from_needs_no_edit() -> None:
    assert edited("from .s import C  # c\n", retarget={"pkg.s:C": "pkg.s:C"}) == []


def test_an_edit_holds_what_changes_and_nothing_else() -> None:
    text = "x = 1; from pkg.sea import (  # why\n    C,\n)\n"
    assert edited(text, retarget={"pkg.sea:C": "pkg.tea:C"}) == [TextEdit(Span(16, 17), "s", "t")]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_new_lines_end_as_the_others(newline: str) -> None:
    lines = ["from pkg.s import (", "    A,", "    C,", "    D,", ")", "", "x = 1", ""]
    text = newline.join(lines)
    edits = edited(
        text, retarget={"pkg.s:C": "pkg.t:C"}, add=["os", "re"], newline=newline, width=20
    )
    after = ["import os", "import re", "", "from pkg.s import (", "    A,", "    D,", ")"]
    after += ["from pkg.t import C", "", "x = 1", ""]
    assert apply_edits(text, edits) == newline.join(after)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_removed_lines_take_their_end_with_them(newline: str) -> None:
    text = newline.join(["import os", "", "import sys", "", "", "def f():", "    import re", ""])
    after = newline.join(["import os", "", "", "def f():", "    pass", ""])
    assert apply_edits(text, edited(text, remove=["sys", "re"], newline=newline)) == after


def test_a_file_without_a_final_newline() -> None:
    text = "import os"
    assert apply_edits(text, edited(text, add=["sys"])) == "import os\nimport sys"
    assert apply_edits(text, edited(text, remove=["os"])) == ""
    text = "import os\nimport sys"
    assert apply_edits(text, edited(text, remove=["os"])) == "import sys"


def test_trailing_blanks_and_form_feeds_are_kept() -> None:
    text = "import os  \n\x0c\nimport sys\t\n \nfrom pkg.s import C , A \n\x0cx = 1\n"
    after = (
        "import os  \n\x0c\nimport sys\t\n \nfrom pkg.s import A \nfrom pkg.t import C\n\x0cx = 1\n"
    )
    assert apply_edits(text, edited(text, retarget={"pkg.s:C": "pkg.t:C"})) == after


def test_a_form_feed_before_an_import() -> None:
    text = "x = 1\n\x0c\nfrom pkg.s import C, A\n"
    after = "x = 1\n\x0c\nfrom pkg.s import A\nfrom pkg.t import C\n"
    assert apply_edits(text, edited(text, retarget={"pkg.s:C": "pkg.t:C"})) == after


def test_offsets_count_characters_not_bytes() -> None:
    text = 'é = "ü"; from pkg.s import Ä, C; ö = 1\nfrom pkg.s import C  # ß\n'
    edits = edited(text, retarget={"pkg.s:C": "pkg.t:C", "pkg.s:C#2": "pkg.t:C"})
    after = 'é = "ü"; from pkg.s import Ä; from pkg.t import C; ö = 1\nfrom pkg.t import C  # ß\n'
    assert apply_edits(text, edits) == after


def test_a_lone_carriage_return_is_a_line_end() -> None:
    text = "import os\rimport sys\r\rx = 1\r"
    assert apply_edits(text, edited(text, remove=["sys"], newline="\r")) == "import os\r\rx = 1\r"


def test_blank_lines_that_hold_blanks_count_as_blank() -> None:
    text = "import os\n  \nimport yaml\n\t\nx = 1\n"
    assert apply_edits(text, edited(text, remove=["yaml"])) == "import os\n\t\nx = 1\n"


@pytest.mark.parametrize(
    ("longest", "width"),
    [(20, 88), (75, 79), (79, 79), (80, 88), (95, 100), (110, 120), (300, 120)],
)
def test_the_width_that_a_file_keeps(longest: int, width: int) -> None:
    assert width_of("x = 1\n" + "y" * longest + "\nz = 1\n") == width


def test_strings_and_comments_say_nothing_about_the_width() -> None:
    assert width_of(f"x = '{'y' * 200}'\n# {'y' * 200}\nz = {'y' * 72}\n") == 79


def test_what_a_name_binds() -> None:
    assert ImportedName(ModuleName("a.b"), "C").bound() == "C"
    assert ImportedName(ModuleName("a.b"), "C", "K").bound() == "K"
    assert ImportedName(ModuleName("a.b"), None).bound() == "a"
    assert ImportedName(ModuleName("a.b"), None, "k").bound() == "k"


def test_the_names_that_stay_end_their_lines_as_they_did() -> None:
    text = "from os import (\n    linesep,\r\n    sep,\n    path,\r\n)\n"
    edits = edited(text, remove=["os:sep"])
    assert apply_edits(text, edits) == "from os import (\n    linesep,\r\n    path,\r\n)\n"
