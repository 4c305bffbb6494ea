"""Cases of edited imports as text: a title, wishes, the file before and the file after.

    ### a title
    @ retarget pkg.s:C -> pkg.t:C
    from pkg.s import C
    ---
    from pkg.t import C

`pkg.s:C` is a name of a from-import, `os` a plain import; `#2` after it means the second one in
the file. Wishes: `remove X`, `retarget X -> Y [as z]`, `add Y [as z] [typing] [# comment]`,
`raw TEXT` and `set KEY VALUE`. In the last two, `\\n` is a line end; `before` and `after` are
given by the text that stands there.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from consolidator.edits.imports import (
    Addition,
    Category,
    Habits,
    ImportedName,
    ImportSite,
    RawBlock,
    edit_imports,
)
from consolidator.edits.imports.names import Surroundings
from consolidator.edits.imports.order import Convention
from consolidator.edits.text_edit import apply_edits
from consolidator.index.syntax import Syntax, parse
from consolidator.names import ModuleName

FIRST_PARTY = {"pkg", "tests", "app"}


def classify(module: ModuleName) -> Category:
    """The groups of a project with the packages `pkg`, `app` and `tests`."""
    if module.top in sys.stdlib_module_names:
        return Category.STDLIB
    return Category.FIRST_PARTY if module.top in FIRST_PARTY else Category.THIRD_PARTY


@dataclass
class ImportCase:
    """One case; `wishes` are its `@` lines."""

    title: str
    wishes: list[str] = field(default_factory=list)
    before: str = ""
    after: str = ""

    def run(self) -> str:
        """What the editor makes of `before`."""
        syntax = parse(self.before)
        options = self._options()
        module = ModuleName(options.get("module", "pkg.mod"))
        around = Surroundings(module, options.get("package") == "yes")
        edits = edit_imports(
            syntax,
            module,
            around.is_package,
            newline=options.get("newline", "\n"),
            classify=classify,
            remove=[find(syntax, around, text) for text in self._all("remove")],
            retarget=dict(self._moves(syntax, around)),
            add=list(self._additions()),
            prefer_relative=options.get("relative") == "yes",
            before=_offset(self.before, options.get("before")),
            after=_offset(self.before, options.get("after")),
            habits=_habits(options),
        )
        result = apply_edits(self.before, edits)
        ast.parse(result)
        return result

    def _all(self, verb: str) -> list[str]:
        return [w.partition(" ")[2] for w in self.wishes if w.partition(" ")[0] == verb]

    def _options(self) -> dict[str, str]:
        pairs = (text.partition(" ") for text in self._all("set"))
        return {key: value.replace("\\n", "\n") for key, _, value in pairs}

    def _moves(
        self, syntax: Syntax, around: Surroundings
    ) -> Iterator[tuple[ImportSite, ImportedName]]:
        for text in self._all("retarget"):
            old, _, new = text.partition(" -> ")
            yield find(syntax, around, old), named(new)

    def _additions(self) -> Iterator[Addition | RawBlock]:
        for text in self._all("add"):
            text, _, comment = text.partition(" # ")
            comment = "\n".join(f"# {line}" for line in comment.split("\\n")) if comment else ""
            name = text.removesuffix(" typing")
            yield Addition(named(name), name != text, comment)
        for text in self._all("raw"):
            yield RawBlock(text.replace("\\n", "\n"))


def _habits(options: dict[str, str]) -> Habits:
    chosen: dict[str, Any] = {}
    if "width" in options:
        chosen["line_length"] = int(options["width"])
    if "collapse" in options:
        chosen["collapses"] = options["collapse"] == "yes"
    if "mixed" in options:
        chosen["usual"] = Convention(mixed_kinds=options["mixed"] == "yes")
    if "aliases" in options:
        chosen["shares_aliases"] = options["aliases"] == "yes"
    if "names" in options:
        chosen["shares_names"] = options["names"] == "yes"
    return Habits(**chosen)


def _offset(text: str, marker: str | None) -> int | None:
    return None if marker is None else text.index(marker)


def named(text: str) -> ImportedName:
    """`pkg.t:C as K` as a value."""
    text, _, alias = text.partition(" as ")
    module, colon, name = text.partition(":")
    return ImportedName(ModuleName(module), name if colon else None, alias or None)


def find(syntax: Syntax, around: Surroundings, text: str) -> ImportSite:
    """The site that `pkg.s:C#2` speaks of."""
    text, _, number = text.partition("#")
    found = [site for site, name in sites(syntax, around) if name == text]
    return found[int(number or 1) - 1]


def sites(syntax: Syntax, around: Surroundings) -> list[tuple[ImportSite, str]]:
    """Every imported name of a file in the order of the text, spelled as in the wishes."""
    nodes = [n for n in ast.walk(syntax.tree) if isinstance(n, ast.Import | ast.ImportFrom)]
    nodes.sort(key=lambda node: (node.lineno, node.col_offset))
    return [(ImportSite(n, i), _spelled(n, i, around)) for n in nodes for i in range(len(n.names))]


def _spelled(node: ast.Import | ast.ImportFrom, index: int, around: Surroundings) -> str:
    name = node.names[index].name
    return name if isinstance(node, ast.Import) else f"{around.absolute(node)}:{name}"


def read_cases(text: str) -> list[ImportCase]:
    """All cases of a text."""
    cases: list[ImportCase] = []
    for chunk in text.split("### ")[1:]:
        title, _, rest = chunk.partition("\n")
        lines = rest.splitlines(keepends=True)
        wishes = [line[2:].rstrip("\n") for line in lines if line.startswith("@ ")]
        body = "".join(line for line in lines if not line.startswith("@ "))
        before, _, after = body.partition("---\n")
        cases.append(ImportCase(title, wishes, before, after.removesuffix("\n")))
    return cases
