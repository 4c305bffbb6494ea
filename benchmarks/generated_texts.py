"""The files of a generated program as texts: each module, and the main that prints."""

from __future__ import annotations

import random
from collections.abc import Sequence

from benchmarks.generated_module import Module


def module_text(choice: random.Random, module: Module) -> str:
    """A module, with its docstring, `__future__`, imports and `__all__` perhaps."""
    parts = []
    if choice.random() < 0.5:
        parts += [f'"""The module {module.name}."""\n']
    if module.postponed:
        parts += ["from __future__ import annotations\n"]
    if module.checked:
        module.imported("from typing import TYPE_CHECKING")
    if module.imports:
        parts += ["\n".join(_joined(choice, module.imports)) + "\n"]
    if module.checked:
        parts += ["if TYPE_CHECKING:\n" + "".join(f"    {line}\n" for line in module.checked)]
    parts += [_exports(choice, module)] if module.has_all else []
    parts += [f"\n{part}\n" if "\n" in part else f"{part}\n" for part in module.body]
    return "\n".join(parts)


def _joined(choice: random.Random, imports: Sequence[str]) -> list[str]:
    """The imports, those from one module perhaps as one statement on one line or on several."""
    if choice.random() < 0.5:
        return list(imports)
    names: dict[str, list[str]] = {}
    for line in imports:
        head, found, name = line.partition(" import ")
        plain = found and line.startswith("from ") and name != "*"
        names.setdefault(head if plain else line, []).extend([name] if plain else [])
    return [_statement(choice, head, listed) for head, listed in names.items()]


def _statement(choice: random.Random, head: str, names: Sequence[str]) -> str:
    if not names:
        return head
    if len(names) > 1 and choice.random() < 0.5:
        comment = choice.choice(["", "  # noqa: F401"])
        return f"{head} import (\n" + "".join(f"    {name},{comment}\n" for name in names) + ")"
    return f"{head} import {', '.join(names)}"


def _exports(choice: random.Random, module: Module) -> str:
    """`__all__` as people write it."""
    listed = [f'"{name}"' for name in module.public if not name.startswith("_")]
    one = f"[{', '.join(listed)}]"
    half = len(listed) // 2
    first, second = f"[{', '.join(listed[:half])}]", f"[{', '.join(listed[half:])}]"
    return choice.choice(
        [
            f"__all__ = {one}\n",
            f"__all__ = ({', '.join(listed)},)\n",
            f"__all__ = {first}\n__all__ += {second}\n",
            f"__all__ = {first}\n__all__.extend({second})\n",
            f"__all__ = {first} + {second}\n",
            "__all__ = [\n" + "".join(f"    {each},\n" for each in listed) + "]\n",
        ]
    )


def main_text(choice: random.Random, modules: Sequence[Module], packages: Sequence[Module]) -> str:
    """The program: what each module shows, what packages offer, and some of it patched."""
    shuffled = list(modules)
    choice.shuffle(shuffled)
    lines = ["import importlib", "from unittest.mock import patch", ""]
    for module in shuffled:
        lines += [f'for value in importlib.import_module("{module.name}").show_{module.number}():']
        lines += ["    print(value)"]
    for package in packages:
        for name in package.classes:
            lines += [f"from {package.name} import {name}", f"print({name}.__name__)"]
    for module in choice.sample(shuffled, k=2):
        lines += _patched(choice, module)
    for module in choice.sample(shuffled, k=2):
        lines += _same(choice, module)
    return "\n".join(lines) + "\n"


def _patched(choice: random.Random, module: Module) -> list[str]:
    """What a module shows while one of its functions answers otherwise."""
    path = f"{module.name}.{choice.choice(module.functions)}"
    shown = f"list(importlib.import_module('{module.name}').show_{module.number}())"
    if module.is_hidden:  # the path would lead into the function of that name
        return []
    return [f'with patch("{path}", return_value=5):', f"    print({shown})"]


def _same(choice: random.Random, module: Module) -> list[str]:
    """A class reached in two ways, and sent through a pickle."""
    name = choice.choice(module.classes)
    lines = [f"from {module.name} import {name} as same"]
    if not module.is_hidden:
        lines += [f"import {module.name}", f"print(same is {module.name}.{name})"]
    if module.kinds[name] == "plain":
        lines += ["import pickle", "print(type(pickle.loads(pickle.dumps(same()))) is same)"]
    return lines
