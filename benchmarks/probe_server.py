"""Import modules, each first in an interpreter of its own, and tell what became of them.

Run as a script by `probe.py` with the interpreter and paths of the package under test, so it
stands on the standard library alone. It preloads heavy third parties, never the package. For
each request (a line of JSON) it forks; a child imports the parent package and forks again for
each module below it: `import a.b` always runs `a` first, so this is exactly what a fresh
interpreter would do, without repeating it.
"""

import ast
import builtins
import contextlib
import dis
import importlib
import json
import logging
import os
import pathlib
import re
import signal
import site
import sys
import types

LIMIT_SECONDS = 120
TABLES = {dict, frozenset, list, set, tuple}
ADDRESS = re.compile(r"0x[0-9a-fA-F]+")


def main():
    """Answer requests until standard input ends."""
    answers = os.fdopen(os.dup(1), "w")
    quiet = os.open(os.devnull, os.O_RDWR)
    os.dup2(quiet, 1)
    site.setquit()
    for name in sys.argv[1:]:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    requests = os.fdopen(os.dup(0), "r")
    os.dup2(quiet, 0)
    for line in requests:
        request = json.loads(line)
        found = {}
        for each in collect(request):
            found.setdefault(each.pop("module"), each)
        answers.write(json.dumps(found) + "\n")
        answers.flush()


def collect(request):
    """The reports that the children write, in the order they come."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        with os.fdopen(writing, "w") as reports:
            importlib.invalidate_caches()
            for asked in request["identity"]:
                fork(lambda: report_identity(asked, reports), [asked["key"]], reports)  # noqa: B023
            visit_all(trie(request["modules"]), request, reports)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as reports:
        lines = reports.read().splitlines()
    os.waitpid(child, 0)
    return [json.loads(line) for line in lines]


def trie(modules):
    root = {}
    for module in modules:
        node = root
        parts = module.split(".")
        for depth in range(len(parts)):
            node = node.setdefault(".".join(parts[: depth + 1]), {})
    return root


def visit_all(nodes, request, reports):
    for name, below in nodes.items():
        everything = [each for each in names_in({name: below}) if each in set(request["modules"])]
        fork(lambda: visit(name, below, request, reports), everything, reports)  # noqa: B023


def names_in(nodes):
    for name, below in nodes.items():
        yield name
        yield from names_in(below)


def fork(work, modules, reports):
    """Run `work` in a child; report `modules` as killed when the child does not end well."""
    reports.flush()
    child = os.fork()
    if not child:
        status = 1
        try:
            work()
            reports.flush()
            status = 0
        finally:
            os._exit(status)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status:
        for module in modules:
            write(reports, module=module, error=f"interpreter ended: {status}", names=[])


def visit(name, below, request, reports):
    wanted = set(request["modules"])
    module, error = import_first(name)
    if error:
        for each in names_in({name: below}):
            if each in wanted:
                write(reports, module=each, error=error, names=[])
        return
    if name in wanted:
        # In a child: asking a package for its names may change classes of the modules below.
        fork(lambda: report(name, module, request, reports), [name], reports)
    visit_all(below, request, reports)


def report(name, module, request, reports):
    write(reports, module=name, error=None, **describe(module, request))


def import_first(name):
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(LIMIT_SECONDS)
    try:
        return importlib.import_module(name), None
    except BaseException as error:
        return None, failure(error)
    finally:
        signal.alarm(0)


def failure(error):
    """The error, and the missing module that one which only explains it stands for."""
    text = f"{type(error).__name__}: {error}"
    if type(error) is ImportError and isinstance(error.__context__, ModuleNotFoundError):
        text += f" (ModuleNotFoundError: {error.__context__})"
    return text


def describe(module, request):
    """Every name that the module offers, whose its classes are, and what it cannot find."""
    values = dict(vars(module))
    owners = {
        name: [value.__module__, value.__qualname__]
        for name, value in values.items()
        if is_class(value) and isinstance(value.__module__, str)
    }
    names = sorted({*values, *dir(module)})
    expected = request.get("expect", {}).get(module.__name__, [])
    missing = [name for name in expected if not offers(module, name)]
    return {
        "names": names,
        "owners": owners,
        "sizes": sizes(values),
        "missing": missing,
        "unbound": unbound(module),
        "exports": exports(values),
    }


def sizes(values):
    """How much the tables of a module hold: a class that is made too late is missing in one."""
    tables = {n: v for n, v in values.items() if type(v) in TABLES and not n.startswith("__")}
    return {name: len(value) for name, value in tables.items()}


def is_class(value):
    """Not `isinstance`: that asks the value for its class, and a lazy one then sets itself up."""
    return issubclass(type(value), type)


def exports(values):
    """What `from module import *` binds."""
    listed = values.get("__all__")
    if isinstance(listed, (list, tuple)):
        return sorted(name for name in listed if isinstance(name, str))
    return sorted(name for name in values if not name.startswith("_"))


def offers(module, name):
    try:
        getattr(module, name)
    except Exception:
        return False
    return True


def value_of(module, name):
    """The attribute, None where asking for it fails in whatever way."""
    try:
        return getattr(module, name, None)
    except Exception:
        return None


def unbound(module):
    """Global names that the module's code reads and that nothing binds."""
    file = getattr(module, "__file__", None)
    if not file or not file.endswith(".py"):
        return []
    code = compile(pathlib.Path(file).read_bytes(), file, "exec", dont_inherit=True)
    read, written = global_names(code)
    known = {*vars(module), *vars(builtins), *written}
    return sorted(name for name in read - known if not offers(module, name))


def global_names(code):
    """Names that the functions of `code` read from, and write to, the module."""
    read, written = set(), set()
    for step in dis.get_instructions(code):
        if step.opname == "LOAD_GLOBAL":
            read.add(step.argval)
        elif step.opname in ("STORE_GLOBAL", "DELETE_GLOBAL"):
            written.add(step.argval)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            inner_read, inner_written = global_names(constant)
            read |= inner_read
            written |= inner_written
    return read, written


def report_identity(asked, reports):
    """Whether both modules offer one and the same class, and what its code refers to."""
    name, modules = asked["class"], asked["modules"]
    loaded = [import_first(module) for module in modules]
    errors = [error for _, error in loaded if error]
    facts = {}
    offered = [value_of(module, name) for module, _ in loaded]
    for where, (module, _), value in zip(modules, loaded, offered, strict=True):
        if module is not None:
            facts[where] = {
                "offers": value is not None,
                "owner": getattr(value, "__module__", None),
                "same": value is offered[-1],
                "globals": meanings(module, name),
            }
    split = split_names(loaded, name) if len(modules) > 1 and not errors else []
    write(reports, module=asked["key"], errors=errors, facts=facts, split=split)


def meanings(module, class_name):
    """What each global name means that the class reads, as text."""
    values = vars(module)
    return {
        name: told(values[name]) for name in class_globals(module, class_name) if name in values
    }


def told(value):
    """The meaning of a value, or no more than its type where it does not bear the question."""
    try:
        return meaning(value)
    except Exception:
        return f"{type(value).__module__}.{type(value).__qualname__}"


def class_globals(module, class_name):
    try:
        body = ast.parse(pathlib.Path(module.__file__).read_bytes()).body
    except (OSError, SyntaxError, ValueError, TypeError):
        return []
    found = [each for each in body if isinstance(each, ast.ClassDef) and each.name == class_name]
    code = compile(ast.Module(found, []), "<class>", "exec", dont_inherit=True)
    read, _ = global_names(code)
    # A class body reads `__name__` without anybody having written so.
    names = [each for node in found for each in ast.walk(node) if isinstance(each, ast.Name)]
    written = {each.id for each in names if isinstance(each.ctx, ast.Load)}
    return sorted((read | names_at_top(code)) & written)


def names_at_top(code):
    """Names that run with the class statement: bases, decorators, the body."""
    read = {step.argval for step in dis.get_instructions(code) if step.opname == "LOAD_NAME"}
    stored = {step.argval for step in dis.get_instructions(code) if step.opname == "STORE_NAME"}
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType) and not constant.co_flags & 2:
            read |= names_at_top(constant)
    return read - stored


PLAIN = (str, bytes, int, float, complex, bool, type(None), frozenset, tuple)


def meaning(value):
    """The identity of a value in words that are the same in every process."""
    if isinstance(value, types.ModuleType):
        return f"module {value.__name__}"
    if isinstance(getattr(value, "__qualname__", None), str):
        return f"{getattr(value, '__module__', '')}:{value.__qualname__}"
    kind = f"{type(value).__module__}.{type(value).__qualname__}"
    if isinstance(value, PLAIN[:-2]) or kind == "typing.TypeVar":
        return f"{kind} {ADDRESS.sub('0x', repr(value))[:200]}"
    return kind


def split_names(loaded, class_name):
    """Names that the class reads, and that its two modules bind to two different things."""
    (old, _), (new, _) = loaded[0], loaded[-1]
    found = []
    for name in class_globals(new, class_name):
        one, two = vars(old).get(name), vars(new).get(name)
        if one is None or two is None or one is two or name.startswith("__"):
            continue
        if not issubclass(type(one), (*PLAIN, logging.Logger, logging.LoggerAdapter)):
            found.append(name)
    return found


def write(reports, **facts):
    reports.write(json.dumps(facts) + "\n")
    reports.flush()


if __name__ == "__main__":
    main()
