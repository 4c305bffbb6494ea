"""Judge a move by what no tool can talk its way around: the package itself, run.

Each check compares the tree after the move with the tree before it; what was wrong before is
not held against the tool.
"""

from __future__ import annotations

import ast
import json
import random
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import trees
from benchmarks.probe import Baseline, Identity, Probe
from benchmarks.sample import Move, Step, module_name, module_path
from benchmarks.texts import Texts
from benchmarks.uses import imported_names, trusting_users, users

# Names that the interpreter adds to a module as it goes.
INCIDENTAL = {"__warningregistry__", "__annotations__", "__cached__"}

CLASS_GONE = "the class is gone from its old module"

MOST_MODULES = 60
"""First imports to try for one move, beside the files that it changed."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that worked before the move and does not after it."""

    check: str
    where: str
    detail: str


@dataclass(frozen=True, slots=True)
class Bench:
    """The two trees of one move, and the interpreters that import from them."""

    pristine: Path
    tree: Path
    baseline: Baseline
    probe: Probe
    texts: Texts
    """The Python files of the pristine tree."""


@dataclass(frozen=True, slots=True)
class _Case:
    """One move to judge: the trees, and the Python files of the moved one."""

    move: Move
    bench: Bench
    after: Texts

    @property
    def steps(self) -> tuple[Step, ...]:
        return self.move.steps

    @property
    def old_places(self) -> set[tuple[str, str]]:
        return {(step.source, step.class_name) for step in self.steps}


@dataclass(slots=True)
class Verdict:
    """Everything found about one move; `removed` are names that went and nobody misses."""

    findings: list[Finding] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    imported: int = 0
    passed_over: int = 0

    def record(self) -> dict[str, Any]:
        return asdict(self)


def judge(
    move: Move,
    bench: Bench,
    changed: Sequence[str],
    most_modules: int = MOST_MODULES,
    also: Iterable[str] = (),
) -> Verdict:
    """Compare the moved tree with the pristine one; `changed` are the files that differ.

    `also` names modules to import in any case, whether or not they mention the class.
    """
    contents = trees.contents(bench.tree, [path for path in changed if path.endswith(".py")])
    case = _Case(move, bench, bench.texts.changed(contents))
    chosen, others = _modules_of_interest(case, changed, most_modules)
    modules = sorted({*chosen, *(each for each in also if _file(bench.tree, each))})
    existing = [each for each in modules if _file(bench.pristine, each)]
    before = bench.baseline.of(existing)
    expect = {name: _to_be_had(report["names"]) for name, report in before.items()}
    identities = [_identity_of(step, bench.tree) for step in move.steps]
    after = bench.probe.ask(modules, expect, identities)
    facts = [after.pop(each.key) for each in identities]
    verdict = Verdict(imported=len(modules), passed_over=others)
    verdict.findings += _imports(case, before, after)
    _names(case, before, after, verdict)
    verdict.findings += _owners(case, before, after)
    for step, found in zip(move.steps, facts, strict=True):
        verdict.findings += _identity(step, case, before, found, verdict)
    touched = {module_name(path) for path in changed}
    verdict.findings += _unbound(before, after, touched)
    verdict.findings += _tables(before, after, touched)
    verdict.findings += _lint(bench, changed)
    return verdict


def _to_be_had(names: Iterable[str]) -> list[str]:
    """Those that somebody can ask for; pydantic binds `Box[int]` where that is written."""
    return sorted({name for name in names if name.isidentifier()} - INCIDENTAL)


def _identity_of(step: Step, tree: Path) -> Identity:
    """Both modules, or only the new one where the old file is gone."""
    pair = (step.source, step.target) if _file(tree, step.source) else (step.target,)
    return Identity(step.class_name, pair)


def _modules_of_interest(case: _Case, changed: Sequence[str], most: int) -> tuple[list[str], int]:
    """What to import: what changed, and a seeded choice of what mentions the classes.

    Gives the modules and the number of those passed over.
    """
    needed = {path for path in changed if path.endswith(".py")}
    mentioned: set[str] = set()
    for step in case.steps:
        needed |= {step.source_path, step.target_path}
        mentioned |= {*case.bench.texts.mentions(step.class_name)}
        mentioned |= {*case.after.mentions(step.class_name)}
        needed |= {*users(case.after, step.target, "*")}
    others = _importable(case, mentioned) - _importable(case, needed)
    chosen = sorted(others)
    random.Random(case.move.key).shuffle(chosen)
    return sorted(_importable(case, needed).union(chosen[:most])), len(chosen[most:])


def _importable(case: _Case, paths: Iterable[str]) -> set[str]:
    return {module_name(path) for path in paths if path in case.after.files and _is_module(path)}


def _is_module(path: str) -> bool:
    return all(part.isidentifier() for part in module_path(path).removesuffix(".py").split("/"))


def _file(tree: Path, module: str) -> Path | None:
    for root in (tree, tree / "src"):
        stem = root.joinpath(*module.split("."))
        for file in (stem.with_name(f"{stem.name}.py"), stem / "__init__.py"):
            if file.is_file():
                return file
    return None


def _imports(case: _Case, before: dict[str, Any], after: dict[str, Any]) -> Iterable[Finding]:
    targets = {step.target for step in case.steps}
    known = {report["error"] for report in before.values() if report["error"]}
    for module, report in sorted(after.items()):
        error = report.get("error")
        if not error:
            continue
        earlier = before.get(module, {}).get("error")
        # A new module of what could not be imported here before: for another platform, say.
        homeless = any(before.get(step.source, {}).get("error") for step in case.steps)
        carried = module in targets and module not in before and (error in known or homeless)
        # Another package that is not installed: it failed before, and so it does now.
        absent = "ModuleNotFoundError" in error and bool(earlier)
        # Django without settings: what is asked first may change, and nothing works either way.
        asks = "ImproperlyConfigured" in error and "ImproperlyConfigured" in (earlier or "")
        if error != earlier and not carried and not absent and not asks:
            yield Finding("import", module, f"{error} (before: {earlier or 'imported'})")


def _names(case: _Case, before: dict[str, Any], after: dict[str, Any], verdict: Verdict) -> None:
    for module, report in sorted(after.items()):
        verdict.findings += _exports(module, case, before.get(module, {}), report)
        for name in report.get("missing", ()):
            exported = name in before.get(module, {}).get("exports", (name,))
            why = _missed(module, name, case, exported)
            if why and not _waits_for_settings(module, name, case, before):
                verdict.findings.append(Finding("names", f"{module}.{name}", why))
            else:
                verdict.removed.append(f"{module}.{name}")


def _waits_for_settings(module: str, name: str, case: _Case, before: dict[str, Any]) -> bool:
    """Whether a class went where Django has to be configured first; then it is to be had."""
    return any(
        (step.source, step.class_name) == (module, name)
        and "ImproperlyConfigured" in (before.get(step.target, {}).get("error") or "")
        for step in case.steps
    )


def _exports(
    module: str, case: _Case, was: dict[str, Any], now: dict[str, Any]
) -> Iterable[Finding]:
    """What `from module import *` gave, it must give, where that is written down or used."""
    file = _file(case.bench.pristine, module)
    missing = {*now.get("missing", ())}
    lost = {*was.get("exports", ())} - {*now.get("exports", was.get("exports", ()))} - missing
    for name in sorted(lost):
        word = re.compile(rb"\b" + re.escape(name.encode()) + rb"\b")
        homes = {s.target for s in case.steps if name == s.class_name or _travelled(case, s, name)}
        # from old import * / from home import *    # the other star brings it
        have_it = {path for home in homes for path in users(case.after, home, name)}
        using = [  # one that imports the name by itself needs nothing from the star
            path
            for path in users(case.after, module, "*")
            if path not in have_it
            and name not in imported_names(case.after.files[path])
            and (
                word.search(case.bench.texts.files.get(path, b""))
                or (not word.search(case.after.files[path]) and _passes_on(path, name, case))
            )
        ]
        if file and name in _listed(file.read_bytes()):
            yield Finding("names", f"{module}.__all__", f"{name} is no longer listed")
        elif using:
            yield Finding("names", f"{module}.__all__", f"no {name} for {', '.join(using[:3])}")


def _travelled(case: _Case, step: Step, name: str) -> bool:
    """Whether a step took a helper along: the new module defines it, and the old one does not."""
    source, target = (
        case.after.files.get(path, b"") for path in (step.source_path, step.target_path)
    )
    defined = re.compile(rb"^(?:class|def|async def) +%s\b" % re.escape(name.encode()), re.M)
    return not defined.search(source) and bool(defined.search(target))


def _passes_on(path: str, name: str, case: _Case) -> bool:
    """Whether a star importer offers its names to others, as a package does."""
    is_package = path.endswith("__init__.py")
    return is_package or bool(users(case.after, module_name(path), name, exported=False))


def _listed(data: bytes) -> set[str]:
    """Every string in the statements about `__all__`."""
    statements = [each for each in ast.parse(data).body if "__all__" in ast.unparse(each)]
    constants = [node for each in statements for node in ast.walk(each)]
    return {
        node.value
        for node in constants
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def _missed(module: str, name: str, case: _Case, exported: bool) -> str:
    """Why the loss of this name is a breakage; empty when it is only tidiness."""
    if name == "__all__":
        return ""  # judged by what it holds
    bench = case.bench
    if _file(bench.pristine, f"{module}.{name}") and _file(bench.tree, f"{module}.{name}"):
        # A submodule that can be imported as before, but need not be loaded any more.
        trusting = trusting_users(case.after, module, name)
        return f"not loaded any more, but used by {', '.join(trusting[:5])}" if trusting else ""
    using = users(case.after, module, name, exported)
    if using:
        return f"gone, but used by {', '.join(using[:5])}"
    file = _file(bench.pristine, module)
    if file is None or _file(bench.pristine, f"{module}.{name}"):
        return ""  # a submodule that happened to be loaded
    if name in imported_names(file.read_bytes()):
        now = _file(bench.tree, module)
        if now and name in _imported_anywhere(now):
            return ""  # in the functions that use it, or for the type checker
        taken = _taken_out(file, _file(bench.tree, module))
        orphaned = re.search(rf"\b{re.escape(name)}\b", taken)
        return "" if orphaned else "an import that the moved code did not use is gone"
    if (module, name) in case.old_places:
        return CLASS_GONE
    if name == "__all__":
        return ""  # made by a decorator of the moved class; `users` has looked for star imports
    if name.startswith("_") and not name.startswith("__"):
        return ""  # a private helper that travelled along
    return "a public name is gone"


def _imported_anywhere(file: Path) -> set[str]:
    """The names that some import of a file binds, in whatever block or function."""
    nodes = ast.walk(ast.parse(file.read_bytes()))
    imports = [node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]
    return {alias.asname or alias.name for node in imports for alias in node.names}


def _taken_out(before: Path, after: Path | None) -> str:
    """The text of the statements, other than imports, that no longer stand in a module."""
    left = Counter(_statements(after)) if after else Counter()
    gone = Counter(_statements(before)) - left
    return "\n".join(gone.elements())


def _statements(file: Path) -> list[str]:
    """As they are written: a type comment may name what nothing else does."""
    text = file.read_bytes().decode("utf-8", "replace")
    lines = text.split("\n")
    found = []
    for statement in ast.parse(text).body:
        if not isinstance(statement, ast.Import | ast.ImportFrom):
            decorators = getattr(statement, "decorator_list", [])
            first = min(node.lineno for node in [statement, *decorators])
            found.append("\n".join(lines[first - 1 : statement.end_lineno]))
    return found


def _owners(case: _Case, before: dict[str, Any], after: dict[str, Any]) -> Iterable[Finding]:
    """Every name must mean the class that it meant: the moved one, not a copy or a namesake."""
    homes = {(step.source, step.class_name): step.target for step in case.steps}
    for module, report in sorted(after.items()):
        owners = before.get(module, {}).get("owners", {})
        for name in sorted(owners.keys() & report.get("owners", {}).keys()):
            (where, what), now = owners[name], report["owners"][name]
            helped = [step.target for step in case.steps if step.source == where]
            home = homes.get((where, what))
            allowed = [home] if home else [where, *helped]
            # celery's steps carry their module in the qualified name
            if now not in [[each, what.replace(f"{where}.", f"{each}.")] for each in allowed]:
                yield Finding("identity", f"{module}.{name}", f"is {now[0]}:{now[1]}")


def _identity(
    step: Step, case: _Case, before: dict[str, Any], after: dict[str, Any], verdict: Verdict
) -> Iterable[Finding]:
    earlier = case.bench.baseline.identity(step.source, step.class_name)
    was = earlier.get("facts", {}).get(step.source)
    if not was or not was["offers"]:
        verdict.notes.append(f"{step.class_name} could not be imported before: not judged")
        return
    where = f"{step.target}.{step.class_name}"
    if "facts" not in after:
        yield Finding("identity", where, after["error"])
        return
    if after["errors"]:
        if not _failed_before(step, after["errors"], before):
            yield Finding("identity", where, "; ".join(after["errors"]))
        return
    now = after["facts"][step.target]
    if not now["offers"]:
        yield Finding("identity", where, "the new module does not offer the class")
        return
    old = after["facts"].get(step.source)
    if old and old["offers"] and not old["same"]:
        yield Finding("identity", where, "the two modules offer two different classes")
    if was["owner"] == step.source and now["owner"] != step.target:
        yield Finding("identity", where, f"__module__ is {now['owner']}")
    yield from _meanings(step, case, was["globals"], now["globals"])
    known = before.get(step.target, {}).get("names", ())
    for name in after["split"]:
        if name not in known and name != step.class_name:
            yield Finding("meaning", f"{where}: {name}", "is now two different objects")


def _failed_before(step: Step, errors: Sequence[str], before: dict[str, Any]) -> bool:
    """Whether the target could not be imported before either, and for the same reason."""
    return set(errors) == {before.get(step.target, {}).get("error")}


_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?")


def _meanings(
    step: Step, case: _Case, was: dict[str, str], now: dict[str, str]
) -> Iterable[Finding]:
    """Global names that the class reads must mean what they meant."""
    for name in sorted(was.keys() & now.keys()):
        travelled = {
            re.sub(rf"\b{re.escape(each.source)}([:.])", rf"{each.target}\1", was[name])
            for each in case.steps
        }
        if name == "__name__" and _names_loggers(case, step):
            continue  # each module has its own
        if name == "__file__" and _names_its_folder(case, step):
            continue  # the new module is in the same one
        # CTIME = datetime.now().isoformat(): one import is later than the other
        meant = {_TIME.sub("", each) for each in (was[name], *travelled)}
        if _TIME.sub("", now[name]) not in meant:
            where = f"{step.target}.{step.class_name}: {name}"
            yield Finding("meaning", where, f"was {was[name]}, is {now[name]}")


def _names_loggers(case: _Case, step: Step) -> bool:
    """Whether all that the old module does with `__name__` is to name loggers.

    log_warning = logging.getLogger(__name__).warning, or logger_warning("...", source=__name__)
    """
    nodes = list(ast.walk(ast.parse(case.bench.texts.files[step.source_path])))
    uses = {id(node) for node in nodes if isinstance(node, ast.Name) and node.id == "__name__"}
    for node in nodes:
        if isinstance(node, ast.Call):
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if "logger" in called.lower():
                given = [*node.args, *(keyword.value for keyword in node.keywords)]
                uses -= set(map(id, given))
    return not uses


def _names_its_folder(case: _Case, step: Step) -> bool:
    """Whether all that the old module asks its file for is the folder, where the new one is."""
    data = case.bench.texts.files[step.source_path]
    folders = {path.rpartition("/")[0] for path in (step.source_path, step.target_path)}
    asking = rb"dirname\((?:[\w.]+\()?__file__|Path\(__file__\)(?:\.\w+\(\))*\.parent\b"
    return len(folders) == 1 and data.count(b"__file__") == len(re.findall(asking, data))


def _unbound(before: dict[str, Any], after: dict[str, Any], touched: set[str]) -> Iterable[Finding]:
    """Global names that no module of the move could miss before, and one does now."""
    known = {
        name for module in touched & before.keys() for name in before[module].get("unbound", ())
    }
    for module in sorted(touched & after.keys()):
        for name in after[module].get("unbound", ()):
            if name not in known:
                yield Finding("unbound", f"{module}.{name}", "read, but bound nowhere")


def _tables(before: dict[str, Any], after: dict[str, Any], touched: set[str]) -> Iterable[Finding]:
    """What a module has in a table once it is imported, it must have after the move as well."""
    for module in sorted(touched & before.keys() & after.keys()):
        was, now = before[module].get("sizes", {}), after[module].get("sizes", {})
        for name in sorted(was.keys() & now.keys()):
            if now[name] < was[name]:
                detail = f"holds {now[name]} things, and held {was[name]}"
                yield Finding("table", f"{module}.{name}", detail)


def _lint(bench: Bench, changed: Sequence[str]) -> Iterable[Finding]:
    paths = [path for path in changed if path.endswith((".py", ".pyi"))]
    fresh = _diagnostics(bench.tree, paths) - _diagnostics(bench.pristine, paths)
    for (code, message), count in sorted(fresh.items()):
        yield Finding("lint", code, f"{message} ({count} more)")


def _diagnostics(tree: Path, paths: Sequence[str]) -> Counter[tuple[str, str]]:
    existing = [path for path in paths if (tree / path).is_file()]
    if not existing:
        return Counter()
    command = [ruff(), "check", "--isolated", "--no-cache", "--select", "F821,F822,F811",
               "--target-version", "py311", "--output-format", "json", *existing]  # fmt: skip
    done = subprocess.run(command, cwd=tree, stdout=subprocess.PIPE, check=False)
    return Counter(
        (each["code"] or "syntax", re.sub(r"line \d+", "line N", each["message"]))
        for each in json.loads(done.stdout)
        # design: imports stay in a package's `__init__`, be they unused and a parameter's name
        if each["code"] != "F811" or not each["filename"].endswith("__init__.py")
    )


def ruff() -> str:
    """The ruff beside this interpreter, or the one on the path."""
    beside = Path(sys.executable).with_name("ruff")
    found = str(beside) if beside.is_file() else shutil.which("ruff")
    if not found:
        raise SystemExit("ruff is needed to judge moves")
    return found
