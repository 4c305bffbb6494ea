"""Whatever the imports and the wishes: the rest of the file stays, and the names come as wished."""

from __future__ import annotations

import ast

from hypothesis import given, settings
from hypothesis import strategies as st
from import_case import classify, sites

from consolidator.edits.imports import Addition, ImportedName, ImportSite, edit_imports
from consolidator.edits.imports.names import Surroundings
from consolidator.edits.text_edit import apply_edits
from consolidator.index.syntax import parse
from consolidator.names import ModuleName

AROUND = Surroundings(ModuleName("pkg.sub.mod"), False)
SOURCES = ["pkg.s", "pkg.t", ".s", ".t", "..t", "os", "typing", "yaml"]
NAMES = ["A", "Bee", "CONST", "func", "a2", "a10"]
Bound = tuple[str, str, str | None, str | None]
"""A scope, and a module, name and alias that are imported there."""


@st.composite
def aliases(draw: st.DrawFn) -> str:
    name = draw(st.sampled_from(NAMES))
    return name + draw(st.sampled_from(["", "", "", f" as {name}", " as other"]))


@st.composite
def from_imports(draw: st.DrawFn) -> str:
    names = draw(st.lists(aliases(), min_size=1, max_size=4, unique=True))
    head = f"from {draw(st.sampled_from(SOURCES))} import "
    layout = draw(st.integers(0, 5))
    if layout == 0:
        return head + "(\n    " + ",\n    ".join(names) + ",\n)"
    if layout == 1:
        return head + "(\n" + "".join(f"    {n},  # {n[0]}\n" for n in names) + ")"
    if layout == 2:
        return head + "(" + ",\n            ".join(names) + ")"
    if layout == 3:
        return head + ", \\\n    ".join(names)
    if layout == 4:
        return head + "(\n    # first\n    " + ",\n    # next\n    ".join(names) + "\n)  # noqa"
    return head + ", ".join(names) + draw(st.sampled_from(["", "", "  # noqa", "  # why", ";"]))


plain_imports = st.lists(
    st.sampled_from(["os", "sys", "yaml", "pkg.s", "pkg.t as t", "os.path"]),
    min_size=1,
    max_size=3,
    unique=True,
).map(lambda names: "import " + ", ".join(names))
statements = st.one_of(from_imports(), from_imports(), plain_imports)


def indented(lines: str) -> str:
    return "".join(f"    {line}" for line in lines.splitlines(keepends=True))


@st.composite
def pieces(draw: st.DrawFn) -> str:
    body = "\n".join(draw(st.lists(statements, min_size=1, max_size=3)))
    kind = draw(st.integers(0, 9))
    if kind == 0:
        return f"def f{draw(st.integers(0, 3))}():\n{indented(body)}"
    if kind == 1:
        return f"if TYPE_CHECKING:\n{indented(body)}"
    if kind == 2:
        return f"try:\n{indented(body)}\nexcept ImportError:\n    A = None"
    if kind == 3:
        return f"if True: {draw(plain_imports)}; x = 1"
    if kind == 4:
        return f"y = 1; {draw(plain_imports)}; {draw(plain_imports)}"
    if kind == 5:
        return draw(st.sampled_from(["z = 1", "# a comment", "class K:\n    pass", "\x0c"]))
    return body


files = st.lists(pieces(), min_size=1, max_size=5).flatmap(
    lambda parts: st.sampled_from(["\n", "\n\n", "\n\n\n"]).map(
        lambda gap: '"""Doc."""\n' + gap.join(parts) + "\n"
    )
)


class _WithoutImports(ast.NodeTransformer):
    def visit_Import(self, node: ast.Import) -> None:
        return None

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        return None

    def visit_Pass(self, node: ast.Pass) -> None:
        return None


def rest(text: str) -> str:
    """The file but for imports, and the guards and the `pass` that came or went with them."""
    tree = _WithoutImports().visit(ast.parse(text))
    tree.body = [n for n in tree.body if not (isinstance(n, ast.If) and not n.body + n.orelse)]
    return ast.dump(tree)


def imports(
    text: str,
    moves: dict[tuple[int, int], ImportedName],
    gone: set[tuple[int, int]],
) -> set[Bound]:
    """What a file imports in which scope, when some come from elsewhere and others are gone."""
    found: set[Bound] = set()
    tree = parse(text).tree
    scopes = {id(n): "" for n in ast.walk(tree)}
    for outer in ast.walk(tree):
        if isinstance(outer, ast.FunctionDef | ast.If | ast.Try):
            for inner in outer.body:
                scopes[id(inner)] = f"{type(outer).__name__}{getattr(outer, 'name', '')}"
    for number, (site, _) in enumerate(sites(parse(text), AROUND)):
        key = (number, 0)
        node = next(n for n in ast.walk(tree) if _same(n, site.node))
        if key in gone:
            continue
        alias = site.alias
        if key in moves:
            new = moves[key]
            bound = (str(new.module), new.name, new.alias or alias.asname)
        elif isinstance(site.node, ast.Import):
            bound = (alias.name, None, alias.asname)
        else:
            bound = (str(AROUND.absolute(site.node)), alias.name, alias.asname)
        found.add((scopes[id(node)], *bound))
    return found


def _same(one: ast.AST, other: ast.stmt) -> bool:
    return isinstance(one, ast.Import | ast.ImportFrom) and (one.lineno, one.col_offset) == (
        other.lineno,
        other.col_offset,
    )


@settings(max_examples=120, deadline=None)
@given(files, st.data())
def test_the_rest_stays_and_the_names_come_as_wished(text: str, data: st.DataObject) -> None:
    """For random files and random wishes."""
    syntax = parse(text)
    found = [site for site, _ in sites(syntax, AROUND)]
    chosen = data.draw(st.lists(st.integers(0, max(len(found) - 1, 0)), unique=True, max_size=4))
    remove: list[ImportSite] = []
    retarget: dict[ImportSite, ImportedName] = {}
    gone: set[tuple[int, int]] = set()
    moves: dict[tuple[int, int], ImportedName] = {}
    for number in chosen if found else []:
        site = found[number]
        if isinstance(site.node, ast.ImportFrom) and data.draw(st.booleans()):
            target = data.draw(st.sampled_from(["pkg.t", "pkg.new", "pkg.sub.s", "app.x"]))
            moves[number, 0] = retarget[site] = ImportedName(ModuleName(target), site.alias.name)
        else:
            remove.append(site)
            gone.add((number, 0))
    added = data.draw(
        st.lists(
            st.builds(
                ImportedName,
                st.sampled_from(["pkg.t", "os", "abc", "attr"]).map(ModuleName),
                st.sampled_from([None, "A", "New"]),
            ),
            max_size=3,
        )
    )
    edits = edit_imports(
        syntax,
        AROUND.module,
        AROUND.is_package,
        newline="\n",
        classify=classify,
        remove=remove,
        retarget=retarget,
        add=[Addition(imported) for imported in added],
    )
    after = apply_edits(text, edits)
    assert rest(after) == rest(text)
    expected = imports(text, moves, gone)
    expected |= {("", str(i.module), i.name, i.alias) for i in added}
    assert imports(after, {}, set()) == expected


@settings(max_examples=40, deadline=None)
@given(files, st.lists(st.sampled_from(["os", "abc", "pkg.t", "attr"]), min_size=1, unique=True))
def test_adding_twice_changes_nothing_more(text: str, modules: list[str]) -> None:
    """What has been added is found the next time."""
    wishes = [Addition(ImportedName(ModuleName(module), "New")) for module in modules]
    once = apply_edits(text, _added(text, wishes))
    assert _added(once, wishes) == []


def _added(text: str, wishes: list[Addition]) -> list:  # type: ignore[type-arg]
    return edit_imports(
        parse(text),
        AROUND.module,
        AROUND.is_package,
        newline="\n",
        classify=classify,
        add=wishes,
    )
