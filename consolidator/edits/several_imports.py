"""Which of several imports that bind one name provide it: `import a.b` and `import a.c`."""

from __future__ import annotations

from consolidator.edits.imports.names import ImportedName
from consolidator.index.module import Import
from consolidator.index.scopes import NameUse


def are_submodules(imported: tuple[ImportedName, ...]) -> bool:
    """Whether these are plain `import a.b`, which may bind the same name for several modules."""
    return all(item.name is None and not item.alias for item in imported)


def reached(imports: list[Import], uses: tuple[NameUse, ...]) -> list[Import]:
    """Those of several `import a`, `import a.b`, `import a.c` that the uses reach; or all."""
    chains = {".".join([use.name, *(a.attr for a in use.attributes)]) + "." for use in uses}
    dotted = [item for item in imports if "." in item.module]
    fitting = [i for i in dotted if any(chain.startswith(f"{i.module}.") for chain in chains)]
    further = [c for c in chains if not any(c.startswith(f"{i.module}.") for i in fitting)]
    plain = [item for item in imports if item not in dotted] if further else []
    return _distinct_modules([*plain, *fitting] if fitting else imports)


def only_needed(
    imported: tuple[ImportedName, ...], uses: tuple[NameUse, ...]
) -> ImportedName | None:
    """The one import that provides a name, or None.

    import logging, logging.handlers    # and then `logging.Filter`
    """
    if len(imported) == 1:
        return imported[0]
    below = {item.module.removeprefix(f"{uses[0].name}.").partition(".")[0] for item in imported}
    reached = {use.attributes[0].attr if use.attributes else "" for use in uses}
    plain = [item for item in imported if item.module == uses[0].name and not item.alias]
    return plain[0] if plain and not reached & {*below, ""} else None


def _distinct_modules(imports: list[Import]) -> list[Import]:
    return list({item.module: item for item in imports}.values())
