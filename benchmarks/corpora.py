"""Fetch the pinned packages that the benchmarks move classes in.

`python -m benchmarks.corpora [NAME...]` installs them into a folder outside the repository
(`~/.cache/consolidate-corpora`, or where CONSOLIDATE_CORPORA says):

    <cache>/<name>/          a tree that holds the package's own code and nothing else
    <cache>/site/<name>/     what it needs to be imported and tested
    <cache>/stamps/<name>    the pins that stand in the two
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path

CONSTRAINTS = Path(__file__).with_name("constraints.txt")
ZEN_COMMIT = "9fa865f~1"


@dataclass(frozen=True, slots=True)
class Corpus:
    """A pinned distribution, the packages it brings, and what its tests need."""

    name: str
    version: str
    packages: tuple[str, ...]
    needs: tuple[str, ...] = ()
    preload: tuple[str, ...] = ()
    static_python: str = ""
    layout: str = ""
    """The folder of the tree that holds the packages: `src`, or the tree itself."""
    constrained: bool = True
    """False where it needs other versions than the constraints, which all others share."""
    from_source: bool = False
    """True where the wheels are compiled, which leaves nothing to move."""

    @property
    def pin(self) -> str:
        return f"{self.name}=={self.version}"

    @property
    def tree(self) -> Path:
        """The root to move classes in; never written to, only copied."""
        return cache() / self.name

    @property
    def site(self) -> Path:
        return cache() / "site" / self.name

    @property
    def stamp(self) -> str:
        more = [*([self.layout] if self.layout else []), *(["source"] if self.from_source else [])]
        return "\n".join((self.pin, *self.packages, *self.needs, *more)) + "\n"


NUMERIC = ("numpy", "scipy", "pandas")

CORPORA = (
    Corpus("sympy", "1.14.0", ("sympy",), ("pytest", "hypothesis"), ("mpmath", "pytest")),
    Corpus("networkx", "3.5", ("networkx",), (*NUMERIC, "pytest"), (*NUMERIC, "pytest")),
    Corpus("xarray", "2025.6.1", ("xarray",), ("pytest", "scipy"), (*NUMERIC, "pytest")),
    Corpus("gensim", "4.4.0", ("gensim",), ("pytest",), ("numpy", "scipy", "pytest")),
    Corpus("attrs", "26.1.0", ("attr", "attrs")),
    Corpus("rich", "14.0.0", ("rich",)),
    Corpus("click", "8.5.1", ("click",)),
    Corpus("jinja2", "3.1.6", ("jinja2",)),
    Corpus("werkzeug", "3.1.9", ("werkzeug",)),
    Corpus("flask", "3.1.1", ("flask",)),
    Corpus("sqlalchemy", "2.0.41", ("sqlalchemy",), ("pytest",)),
    Corpus("django", "5.2.3", ("django",)),
    Corpus("pydantic", "2.14.3", ("pydantic",)),
    Corpus("fastapi", "0.115.14", ("fastapi",), ("httpx",)),
    Corpus("aiohttp", "3.12.13", ("aiohttp",), ("pytest",)),
    Corpus("httpx", "0.28.1", ("httpx",)),
    Corpus("celery", "5.5.3", ("celery",), ("pytest",)),
    Corpus("scrapy", "2.13.3", ("scrapy",)),
    Corpus("poetry-core", "2.1.3", ("poetry",)),
    Corpus("sphinx", "8.2.3", ("sphinx",)),
    Corpus("docutils", "0.21.2", ("docutils",)),
    Corpus("marshmallow", "4.0.0", ("marshmallow",)),
    Corpus("nltk", "3.9.1", ("nltk",), ("numpy", "pytest"), ("numpy",)),
    Corpus("twisted", "25.5.0", ("twisted",)),
    Corpus("trio", "0.35.0", ("trio",), layout="src"),
    Corpus("anyio", "4.16.0", ("anyio",), layout="src"),
    Corpus("narwhals", "2.29.0", ("narwhals",), layout="src"),
    Corpus("hypothesis", "6.170.15", ("hypothesis",), layout="src"),
    Corpus("kubernetes", "37.0.2", ("kubernetes",), constrained=False),
    Corpus("opentelemetry-proto", "1.45.2", ("opentelemetry",), ("grpcio",)),
    Corpus("homeassistant", "2026.2.3", ("homeassistant",), static_python="3.14"),
    Corpus("tornado", "6.6.1", ("tornado",)),
    Corpus("astroid", "4.3.4", ("astroid",)),
    Corpus("textual", "3.7.1", ("textual",)),
    Corpus("prompt-toolkit", "3.0.53", ("prompt_toolkit",)),
    Corpus("strawberry-graphql", "0.341.2", ("strawberry",)),
    Corpus("tortoise-orm", "1.1.9", ("tortoise",)),
    Corpus("mongoengine", "0.29.3", ("mongoengine",)),
    Corpus("dulwich", "1.2.21", ("dulwich",)),
    Corpus("paramiko", "5.1.0", ("paramiko",)),
    Corpus("lark", "1.3.1", ("lark",)),
    Corpus("jsonschema", "4.26.0", ("jsonschema",)),
    Corpus("jedi", "0.20.1", ("jedi",)),
    Corpus("falcon", "4.4.0", ("falcon",)),
    Corpus("pyramid", "2.1", ("pyramid",)),
    Corpus("wtforms", "3.3.2", ("wtforms",)),
    Corpus("returns", "0.30.0", ("returns",)),
    Corpus("cattrs", "26.2.1", ("cattrs", "cattr")),
    Corpus("pygments", "2.21.0", ("pygments",)),
    Corpus("kombu", "5.5.4", ("kombu",)),
    Corpus("redis", "8.1.0", ("redis",)),
    Corpus("rope", "1.15.2", ("rope",)),
    Corpus("faker", "40.63.0", ("faker",)),
    Corpus("mkdocs", "1.6.1", ("mkdocs",)),
    Corpus("traitlets", "5.16.1", ("traitlets",)),
    Corpus("fsspec", "2026.9.0", ("fsspec",)),
    Corpus("websockets", "17.4", ("websockets",), layout="src"),
    Corpus("docker", "7.2.0", ("docker",)),
    Corpus("dask", "2026.8.0", ("dask",)),
    Corpus("ipython", "9.18.1", ("IPython",)),
    Corpus("pylint", "4.1.4", ("pylint",)),
    Corpus("uvicorn", "0.54.0", ("uvicorn",)),
    Corpus("libcst", "1.9.0", ("libcst",)),
    Corpus("mako", "1.4.3", ("mako",)),
    Corpus("virtualenv", "21.15.11", ("virtualenv",), layout="src"),
    Corpus("sqlglot", "30.30.0", ("sqlglot",)),
    Corpus("elasticsearch", "9.5.1", ("elasticsearch",)),
    Corpus("discord.py", "2.7.1", ("discord",)),
    Corpus("pymongo", "4.20.1", ("bson", "gridfs", "pymongo")),
    Corpus("setuptools", "84.2.1", ("setuptools",)),
    Corpus("tox", "4.67.15", ("tox",)),
    Corpus("pyglet", "2.1.19", ("pyglet",)),
    Corpus("ansible-core", "2.19.14", ("ansible",)),
    Corpus("starlette", "0.46.2", ("starlette",)),
    Corpus("babel", "2.18.0", ("babel",)),
    Corpus("litestar", "2.25.0", ("litestar",)),
    Corpus("langchain-core", "1.8.1", ("langchain_core",), constrained=False),
    Corpus("openai", "3.57.0", ("openai",)),
    Corpus("graphene", "3.4.3", ("graphene",), ("pytest",), constrained=False),
    Corpus("bokeh", "3.9.2", ("bokeh",)),
    Corpus("pytest", "8.4.2", ("_pytest", "pytest", "py.py")),
    Corpus("djangorestframework", "3.18.3", ("rest_framework",)),
    Corpus("wagtail", "8.0.1", ("wagtail",)),
    Corpus("sentry-sdk", "2.75.0", ("sentry_sdk",)),
    Corpus("botocore", "1.44.8", ("botocore",), constrained=False),
    Corpus("distributed", "2026.8.0", ("distributed",)),
    Corpus("peewee", "4.5.3", ("peewee.py", "playhouse")),
    Corpus("sqlmodel", "0.0.50", ("sqlmodel",)),
    Corpus("jupyter_server", "2.21.1", ("jupyter_server",)),
    Corpus("pip", "26.3", ("pip",)),
    Corpus("requests", "2.34.2", ("requests",)),
    Corpus("urllib3", "2.8.0", ("urllib3",)),
    Corpus(
        "black", "26.10.1", ("black", "blackd", "blib2to3", "_black_version.py"), from_source=True
    ),
    Corpus("boltons", "26.2.0", ("boltons",)),
    Corpus("more-itertools", "11.2.1", ("more_itertools",)),
    Corpus("pluggy", "1.7.0", ("pluggy",)),
    Corpus("pyparsing", "3.3.3", ("pyparsing",)),
    Corpus("tinydb", "4.9.0", ("tinydb",)),
    Corpus("stripe", "16.1.0", ("stripe",)),
    Corpus("azure-core", "1.41.0", ("azure/core",), ("aiohttp", "requests")),
    Corpus("google-api-core", "2.44.0", ("google/api_core",), ("grpcio", "grpcio-status")),
    Corpus("nbconvert", "7.17.2", ("nbconvert",)),
    Corpus("ipykernel", "7.4.0", ("ipykernel",)),
    Corpus("mypy", "2.4.1", ("mypy", "mypyc"), ("--no-binary=mypy",)),
    Corpus("trame", "4.0.0", ("trame",)),
    Corpus("plotly", "7.1.0", ("plotly",), ("numpy", "pandas"), ("numpy", "pandas")),
    Corpus("matplotlib", "3.11.2", ("matplotlib", "mpl_toolkits"), (), ("numpy", "PIL")),
    Corpus("pandas", "2.3.3", ("pandas",), ("pytest", "hypothesis"), ("numpy", "pytest")),
    Corpus("scikit-learn", "1.9.1", ("sklearn",), ("pytest",), NUMERIC),
    Corpus("statsmodels", "0.15.0", ("statsmodels",), ("pytest",), NUMERIC),
    Corpus("prefect", "3.9.1", ("prefect",), constrained=False),
    Corpus("transformers", "5.24.0", ("transformers",)),
    Corpus("factory_boy", "3.3.3", ("factory",), ("django", "sqlalchemy", "mongoengine")),
    Corpus("alembic", "1.20.1", ("alembic",), ("pytest",)),
    Corpus("pypdf", "7.1.1", ("pypdf",), ("cryptography", "pillow")),
    Corpus("python-docx", "1.2.0", ("docx",)),
    Corpus("openpyxl", "3.1.5", ("openpyxl",), ("numpy", "lxml")),
    Corpus("google-auth", "2.63.0", ("google/auth", "google/oauth2"), ("aiohttp", "requests")),
    Corpus("apscheduler", "3.11.3", ("apscheduler",), ("sqlalchemy", "tornado", "twisted")),
    Corpus("robotframework", "7.5", ("robot",)),
    Corpus("coverage", "7.17.5", ("coverage",)),
    Corpus("nbformat", "5.11.1", ("nbformat",), ("pytest",)),
    Corpus("altair", "6.3.0", ("altair",)),
    Corpus("pygithub", "2.10.0", ("github",)),
    Corpus("python-telegram-bot", "22.8", ("telegram",), constrained=False),
    Corpus("luigi", "3.8.1", ("luigi",), constrained=False),
    Corpus("gunicorn", "27.0.1", ("gunicorn",)),
    Corpus("zeep", "4.3.3", ("zeep",)),
    Corpus("isort", "9.0.2", ("isort",)),
    Corpus("flake8", "7.5.0", ("flake8",), constrained=False),
    Corpus("slack_sdk", "3.48.0", ("slack_sdk", "slack"), ("aiohttp",)),
    Corpus("rq", "3.0.0", ("rq",)),
    Corpus("dramatiq", "2.2.1", ("dramatiq",), ("redis",)),
    Corpus("sanic", "25.12.1", ("sanic",), constrained=False),
    Corpus("quart", "0.22.0", ("quart",)),
    Corpus("ipywidgets", "8.1.9", ("ipywidgets",)),
    Corpus("aiokafka", "0.14.0", ("aiokafka",)),
    Corpus("pdfminer.six", "20260107", ("pdfminer",)),
    Corpus("cherrypy", "18.10.0", ("cherrypy",)),
    Corpus("streamlit", "1.67.0", ("streamlit",), constrained=False),
    Corpus("cirq-core", "1.7.0", ("cirq",), constrained=False),
    Corpus("construct", "2.10.70", ("construct",), ("numpy",)),
    Corpus("invoke", "3.0.3", ("invoke",)),
    Corpus("beautifulsoup4", "4.15.0", ("bs4",), ("lxml", "html5lib")),
    Corpus("urwid", "5.1.0", ("urwid",), ("tornado", "twisted", "trio")),
    Corpus("textx", "4.4.0", ("textx",), ("click",)),
    Corpus("pint", "0.25.3", ("pint",), ("numpy",)),
    Corpus("cmd2", "4.3.1", ("cmd2",), constrained=False),
    Corpus("aiogram", "3.31.0", ("aiogram",), ("redis",), constrained=False),
    Corpus("telethon", "1.45.0", ("telethon",)),
    Corpus("django-extensions", "4.1", ("django_extensions",), ("werkzeug",)),
    Corpus("drf-spectacular", "0.30.0", ("drf_spectacular",)),
    Corpus("asyncssh", "2.24.1", ("asyncssh",)),
    Corpus("feedparser", "6.0.14", ("feedparser",)),
    Corpus("scapy", "2.8.0", ("scapy",)),
    Corpus("pymdown-extensions", "13.1.2", ("pymdownx",), ("pygments",)),
    Corpus("markdown-it-py", "4.3.0", ("markdown_it",), ("linkify-it-py",)),
    Corpus("structlog", "26.1.0", ("structlog",), ("rich", "twisted")),
    Corpus("pony", "0.7.20", ("pony",)),
)


def cache() -> Path:
    """The folder of all corpora and results, outside the repository."""
    chosen = os.environ.get("CONSOLIDATE_CORPORA")
    return Path(chosen) if chosen else Path.home() / ".cache" / "consolidate-corpora"


def corpus(name: str) -> Corpus:
    """The corpus of that name; KeyError when the table has none."""
    found = {each.name: each for each in CORPORA}
    return found[name]


def install(wanted: Corpus) -> None:
    """Put one corpus in place, unless the very pins already stand there."""
    stamp = cache() / "stamps" / wanted.name
    if stamp.is_file() and stamp.read_text() == wanted.stamp and wanted.tree.is_dir():
        describe(wanted)
        return
    if wanted.static_python:
        _install_static(wanted)
    else:
        _install_importable(wanted)
    describe(wanted)
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(wanted.stamp)


def describe(wanted: Corpus) -> None:
    """Give the tree a `pyproject.toml` with the dependencies that the distribution declares."""
    file = wanted.tree / "pyproject.toml"
    found = [d for d in distributions(path=[str(wanted.site)]) if d.name.lower() == wanted.name]
    if file.is_file() or not found:
        return
    needed: list[str] = []
    extras: dict[str, list[str]] = {}
    for requirement in found[0].requires or ():
        extra = re.search(r"""extra\s*==\s*['"]([\w.-]+)['"]""", requirement)
        name = requirement.partition(";")[0].strip()
        (extras.setdefault(extra[1], []) if extra else needed).append(name)
    lines = ["[project]", f'name = "{wanted.name}"', f'version = "{wanted.version}"']
    lines += [f"dependencies = {json.dumps(needed)}", "[project.optional-dependencies]"]
    lines += [f'"{extra}" = {json.dumps(names)}' for extra, names in sorted(extras.items())]
    file.write_text("\n".join(lines) + "\n")


def _install_importable(wanted: Corpus) -> None:
    cache().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache(), prefix=".install-") as folder:
        site = Path(folder) / "site"
        constrained = wanted.constrained and CONSTRAINTS.is_file()
        constraints = ["-c", str(CONSTRAINTS)] if constrained else []
        built = ["--no-binary", wanted.name] if wanted.from_source else []
        _pip("install", "--no-compile", "--target", str(site), *constraints, *built,
             wanted.pin, *wanted.needs)  # fmt: skip
        tree = Path(folder) / "tree"
        tree.mkdir()
        for package in wanted.packages:
            place = tree / wanted.layout / package
            place.parent.mkdir(parents=True, exist_ok=True)
            (site / package).rename(place)
        _replace(tree, wanted.tree)
        _replace(site, wanted.site)


def _install_static(wanted: Corpus) -> None:
    """Unpack a wheel that this interpreter cannot import, and need not."""
    downloads = cache() / "dl"
    pattern = f"{wanted.name.replace('-', '_')}-{wanted.version}-*.whl"
    if not list(downloads.glob(pattern)):
        _pip("download", "--no-deps", "--only-binary=:all:", "--dest", str(downloads),
             "--python-version", wanted.static_python, wanted.pin)  # fmt: skip
    wheel = next(downloads.glob(pattern))
    if not all((wanted.tree / package).is_dir() for package in wanted.packages):
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(wanted.tree)


def _replace(fresh: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists():
        shutil.rmtree(place)
    fresh.rename(place)


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*command, *arguments], check=True)


def export_zen(git_dir: Path, destination: Path, commit: str = ZEN_COMMIT) -> tuple[int, int]:
    """Write the tree of the original repository's commit file by file.

    A copy of a repository may lack some blobs, at which `git archive` gives up; those files
    are left out. Gives how many files were written and how many are missing.
    """
    listing = _git(git_dir, "ls-tree", "-r", "-z", commit).decode("utf-8", "surrogateescape")
    entries = []
    for line in filter(None, listing.split("\0")):
        facts, path = line.split("\t", 1)
        mode, kind, blob = facts.split()
        if kind == "blob" and mode != "120000":
            entries.append((blob, path))
    wanted = "".join(f"{blob}\n" for blob, _ in entries).encode()
    answer = _git(git_dir, "cat-file", "--batch", stdin=wanted)
    return _write_blobs([path for _, path in entries], answer, destination)


def _write_blobs(paths: list[str], answer: bytes, destination: Path) -> tuple[int, int]:
    position = missing = 0
    for path in paths:
        end = answer.index(b"\n", position)
        header = answer[position:end].split()
        position = end + 1
        if header[-1] == b"missing":
            missing += 1
            continue
        size = int(header[2])
        target = destination / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(answer[position : position + size])
        position += size + 1
    return len(paths) - missing, missing


def _git(git_dir: Path, *arguments: str, stdin: bytes = b"") -> bytes:
    command = ["git", f"--git-dir={git_dir}", *arguments]
    environment = {**os.environ, "GIT_NO_LAZY_FETCH": "1"}
    done = subprocess.run(command, input=stdin, stdout=subprocess.PIPE, check=True, env=environment)
    return done.stdout


def zen_tree(git_dir: str | None = None) -> Path:
    """The exported tree of the original repository; UsageError-like SystemExit without one."""
    place = cache() / "zen"
    if place.is_dir():
        return place
    source = git_dir or os.environ.get("ZEN_GIT_DIR")
    if not source:
        raise SystemExit("zen: say where its git directory is: --zen-git-dir or ZEN_GIT_DIR")
    cache().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache(), prefix=".zen-") as folder:
        written, missing = export_zen(Path(source), Path(folder) / "tree")
        (Path(folder) / "tree").rename(place)
    print(f"zen: {written} files, {missing} missing in the copy of the repository")
    return place


def freeze() -> None:
    """Pin everything that now stands in the sites, so that others get the same."""
    versions: dict[str, set[str]] = {}
    for each in filter(lambda each: each.constrained, CORPORA):
        for found in distributions(path=[str(each.site)]):
            name = re.sub(r"[-_.]+", "-", found.metadata["Name"]).lower()
            versions.setdefault(name, set()).add(found.version)
    for name, several in sorted(versions.items()):
        if len(several) > 1:
            raise SystemExit(f"{name}: {sorted(several)}: install these corpora again")
    lines = [f"{name}=={version}\n" for name, (version,) in sorted(versions.items())]
    CONSTRAINTS.write_text("".join(lines))


def main() -> None:
    """Install what the command line names, or everything importable."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="default: every package of the table")
    parser.add_argument("--zen-git-dir", help="git directory that holds netra-systems/zen")
    parser.add_argument("--freeze", action="store_true", help="pin what is installed, and end")
    options = parser.parse_args()
    if options.freeze:
        freeze()
        return
    for name in options.names or [each.name for each in CORPORA]:
        if name == "zen":
            zen_tree(options.zen_git_dir)
        else:
            install(corpus(name))
        print(f"{name}: ready")


if __name__ == "__main__":
    main()
