"""Source roots that the build backends' and pytest's own settings declare."""

from __future__ import annotations

import ast
import configparser
import posixpath
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from consolidator.workspace.source_root import SourceRoot, Tree, join

Table = Mapping[str, Any]


def declared_roots(tree: Tree, project: str = "") -> Iterator[SourceRoot]:
    """The source roots that the settings files in the directory `project` declare.

    A file that cannot be read as what it should be declares nothing. Nothing is executed:
    setup.py is parsed, and only what it says literally counts.
    """
    found: list[SourceRoot] = []
    document = _pyproject(tree, project)
    for reader in _PYPROJECT_READERS:
        found.extend(reader(document))
    found.extend(_setup_cfg(_ini(tree, join(project, "setup.cfg"))))
    found.extend(_setup_py(tree, join(project, "setup.py")))
    found.extend(_pytest(tree, project, document))
    for root in found:
        directory = posixpath.normpath(posixpath.join(project, root.directory))
        directory = "" if directory == "." else directory
        if directory in tree.by_directory:
            yield SourceRoot(directory, root.origin, root.package, root.takes_new)


def imports_by_path(tree: Tree) -> bool:
    """Whether the project tells pytest to leave the import path alone (`importlib` mode)."""
    options = _table(_pyproject(tree, ""), "tool", "pytest", "ini_options").get("addopts", "")
    lines = [" ".join(_strings(options))]
    for name, section in _PYTEST_INI:
        lines.append(_ini(tree, name).get(section, {}).get("addopts", ""))
    return any(re.search(r"--import-mode[= ]importlib", line) for line in lines)


def _setuptools(document: Table) -> Iterator[SourceRoot]:
    settings = _table(document, "tool", "setuptools")
    mapping = settings.get("package-dir")
    if isinstance(mapping, dict):
        yield from _package_dir(mapping.items(), "package-dir in [tool.setuptools]")
    for where in _strings(_table(settings, "packages", "find").get("where")):
        yield SourceRoot(where, "where in [tool.setuptools.packages.find]")


def _hatch(document: Table) -> Iterator[SourceRoot]:
    for section in ("tool.hatch.build.targets.wheel", "tool.hatch.build"):
        settings = _table(document, *section.split("."))
        for package in _strings(settings.get("packages")):
            yield SourceRoot(posixpath.dirname(package.rstrip("/")), f"packages in [{section}]")
        sources = settings.get("sources")
        if isinstance(sources, dict):
            for directory, package in sources.items():
                yield _mapped(directory, str(package).replace("/", "."), f"sources in [{section}]")
        for directory in _strings(sources) if not isinstance(sources, dict) else ():
            yield SourceRoot(directory, f"sources in [{section}]")
        for directory in _strings(settings.get("dev-mode-dirs")):
            yield SourceRoot(directory, f"dev-mode-dirs in [{section}]")


def _poetry(document: Table) -> Iterator[SourceRoot]:
    packages = _table(document, "tool", "poetry").get("packages")
    for package in packages if isinstance(packages, list) else ():
        if isinstance(package, dict):
            yield SourceRoot(str(package.get("from", "")), "packages in [tool.poetry]")


def _pdm(document: Table) -> Iterator[SourceRoot]:
    for section in ("tool.pdm.build", "tool.pdm"):
        for directory in _strings(_table(document, *section.split(".")).get("package-dir")):
            yield SourceRoot(directory, f"package-dir in [{section}]")


def _uv(document: Table) -> Iterator[SourceRoot]:
    settings = _table(document, "tool", "uv", "build-backend")
    if isinstance(settings.get("module-root"), str):
        yield SourceRoot(settings["module-root"], "module-root in [tool.uv.build-backend]")
    elif _table(document, "build-system").get("build-backend") == "uv_build":
        yield SourceRoot("src", "uv_build, whose module-root is src by default")


def _maturin(document: Table) -> Iterator[SourceRoot]:
    for directory in _strings(_table(document, "tool", "maturin").get("python-source")):
        yield SourceRoot(directory, "python-source in [tool.maturin]")


def _scikit_build(document: Table) -> Iterator[SourceRoot]:
    packages = _table(document, "tool", "scikit-build", "wheel").get("packages")
    origin = "wheel.packages in [tool.scikit-build]"
    if isinstance(packages, dict):
        for package, directory in packages.items():
            yield _mapped(str(directory), package.replace("/", "."), origin)
    else:
        for package in _strings(packages):
            yield SourceRoot(posixpath.dirname(package.rstrip("/")), origin)


_PYPROJECT_READERS: tuple[Callable[[Table], Iterator[SourceRoot]], ...] = (
    _setuptools,
    _hatch,
    _poetry,
    _pdm,
    _uv,
    _maturin,
    _scikit_build,
)
_PYTEST_INI = (("pytest.ini", "pytest"), ("tox.ini", "pytest"), ("setup.cfg", "tool:pytest"))


def _pytest(tree: Tree, project: str, document: Table) -> Iterator[SourceRoot]:
    declared = _table(document, "tool", "pytest", "ini_options").get("pythonpath")
    origin = "pythonpath in [tool.pytest.ini_options]"
    if isinstance(declared, str):
        declared = declared.split()
    for directory in _strings(declared):
        yield SourceRoot(directory, origin, takes_new=False)
    for name, section in _PYTEST_INI:
        values = _ini(tree, join(project, name)).get(section, {})
        for directory in values.get("pythonpath", "").split():
            yield SourceRoot(directory, f"pythonpath in {name}", takes_new=False)


def _setup_cfg(sections: Mapping[str, Mapping[str, str]]) -> Iterator[SourceRoot]:
    lines = re.split(r"[\n,]", sections.get("options", {}).get("package_dir", ""))
    pairs = [line.partition("=") for line in lines if "=" in line]
    mapping = [(package.strip(), directory.strip()) for package, _, directory in pairs]
    yield from _package_dir(mapping, "package_dir in setup.cfg")
    for where in sections.get("options.packages.find", {}).get("where", "").split():
        yield SourceRoot(where, "where in [options.packages.find] of setup.cfg")


def _setup_py(tree: Tree, path: str) -> Iterator[SourceRoot]:
    if path not in tree.files:
        return
    try:
        calls = [n for n in ast.walk(ast.parse(tree.read(path))) if isinstance(n, ast.Call)]
    except (SyntaxError, ValueError, RecursionError):
        return
    for call in calls:
        name = ast.unparse(call.func).rpartition(".")[2]
        arguments = {keyword.arg: keyword.value for keyword in call.keywords}
        if name == "setup":
            mapping = _literal(arguments.get("package_dir"))
            if isinstance(mapping, dict):
                yield from _package_dir(mapping.items(), "package_dir in setup.py")
        elif name in ("find_packages", "find_namespace_packages"):
            where = _literal(arguments.get("where") or next(iter(call.args), None))
            for directory in _strings(where):
                yield SourceRoot(directory, f"{name} in setup.py")


def _package_dir(mapping: Iterable[tuple[Any, Any]], origin: str) -> Iterator[SourceRoot]:
    for package, directory in mapping:
        if isinstance(package, str) and isinstance(directory, str):
            yield _mapped(directory, package, origin)


def _mapped(directory: str, package: str, origin: str) -> SourceRoot:
    """The root that makes `directory` the package `package`: `lib/a` as `a` is the root `lib`."""
    directory = posixpath.normpath(directory)
    while package and posixpath.basename(directory) == package.rpartition(".")[2]:
        directory = posixpath.dirname(directory)
        package = package.rpartition(".")[0]
    return SourceRoot(directory, origin, package)


def _pyproject(tree: Tree, project: str) -> Table:
    path = join(project, "pyproject.toml")
    if path not in tree.settings:
        return {}
    try:
        return tomllib.loads(tree.read(path).decode("utf-8-sig"))
    except (ValueError, OSError, RecursionError):
        return {}


def _ini(tree: Tree, path: str) -> Mapping[str, Mapping[str, str]]:
    if path not in tree.settings:
        return {}
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(tree.read(path).decode("utf-8-sig"))
    except (configparser.Error, ValueError, OSError):
        return {}
    return {name: dict(parser.items(name)) for name in parser.sections()}


def _table(document: Table, *keys: str) -> Table:
    for key in keys:
        value = document.get(key)
        if not isinstance(value, dict):
            return {}
        document = value
    return document


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _literal(node: ast.expr | None) -> object:
    try:
        return None if node is None else ast.literal_eval(node)
    except (ValueError, TypeError):
        return None
