"""What travelling code needs from its surroundings, and how the target comes to provide it."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import Literal

from consolidator.edits.builtin_names import BUILTINS
from consolidator.edits.closure import Closure
from consolidator.edits.defining_modules import from_defining_module
from consolidator.edits.fixed_loggers import fixed_logger
from consolidator.edits.imports.names import ImportedName
from consolidator.edits.metaclasses import runs_when_looked_at
from consolidator.edits.need_refusals import (
    captured_name,
    helper_stays,
    name_conflict,
    rebound_and_fixed,
    shadowed_builtin,
    stays_in_a_program,
)
from consolidator.edits.own_attributes import attributes_to_own
from consolidator.edits.rebound import (
    is_kept_for_later,
    is_read_by_a_register,
    is_rebound,
    is_used_at_the_end,
    may_be_outdated,
)
from consolidator.edits.several_imports import are_submodules, only_needed, reached
from consolidator.edits.signature_readers import is_read_by_a_decorator
from consolidator.edits.strategy import Strategy
from consolidator.edits.target_names import TargetNames, names_in
from consolidator.errors import Refusal
from consolidator.index.definitions import (
    adds_to_others,
    bound_names,
    is_for_type_checker,
    is_import_block,
    is_own_logger,
    is_program,
)
from consolidator.index.index import Index, Origin
from consolidator.index.module import Import, Module
from consolidator.index.scopes import NameUse
from consolidator.names import ModuleName

How = Literal["present", "import", "late", "typing", "lazy", "block", "logger", "nowhere"]


@dataclass(frozen=True, slots=True)
class Need:
    """One name that the travelling code uses, and how the target provides it."""

    name: str
    """As the source calls it."""
    how: How
    uses: tuple[NameUse, ...]
    imported: tuple[ImportedName, ...] = ()
    rename: str = ""
    """What the moved text has to call it; empty when the name stays."""
    through: int = 0
    """How many attributes lead to the target's own name that stands for it: `core.Base`."""
    blocks: tuple[int, ...] = ()
    """Indexes of the source's statements to copy, for `block` and `logger`."""
    reason: str = ""
    looked_for: bool = False
    """Whether a decorator evaluates a signature with it, and has to find it in the module."""

    @property
    def is_eager(self) -> bool:
        """Whether it must be bound before the definitions run."""
        return any(not use.deferred for use in self.uses)

    @property
    def called(self) -> frozenset[str]:
        """The names by which the target has it."""
        if self.through:
            return frozenset(use.attributes[self.through - 1].attr for use in self.uses)
        return frozenset({self.rename or self.name})


def resolve_needs(
    index: Index,
    closure: Closure,
    target: Module | None,
    strategy: Strategy,
    replaced: frozenset[str],
    evaluated: frozenset[int] = frozenset(),
) -> tuple[Need, ...]:
    """How each free name of the closure is provided in the target.

    `replaced` names are read through the source, where other modules replace them. `evaluated`
    statements are classes whose field annotations something evaluates.

    Raises `Refusal` when a name cannot be provided without changing what it means.
    """
    there = TargetNames(index, closure, target) if target is not None else None
    resolver = _Resolver(index, closure, there, strategy, replaced, evaluated)
    found = {name: resolver.resolve(name, tuple(uses)) for name, uses in closure.uses.items()}
    queue = [block for need in found.values() for block in need.blocks]
    while queue:
        # The copied block has needs of its own: `sys` of `if sys.version_info …`.
        for use in closure.source.uses_in(queue.pop()):
            known = found.get(use.name)
            # `__all__ += [...]` in a branch is not copied
            if use.name in {*closure.names, "__all__"} or (known and _covers(known, use)):
                continue
            need = resolver.resolve(use.name, (*(known.uses if known else ()), use))
            found[use.name] = need
            queue += need.blocks
    return tuple(map(resolver.with_readers, found.values()))


def _covers(need: Need, use: NameUse) -> bool:
    """Whether a name comes early enough for another use.

    except ImportError:
        logger.warning("…")    # at once, and the moved functions need `logger` later only
    """
    return bool(need.blocks) or use.deferred or need.is_eager


@dataclass
class _Resolver:
    index: Index
    closure: Closure
    there: TargetNames | None
    """None when the target does not exist yet."""
    strategy: Strategy
    replaced: frozenset[str]
    evaluated: frozenset[int]

    @property
    def source(self) -> Module:
        return self.closure.source

    def resolve(self, name: str, uses: tuple[NameUse, ...]) -> Need:
        if not self.source.bindings(name):
            return self._unbound(name, uses)
        if self._binds_itself(name):
            if self.there is not None and self.there.target.bindings(name):
                raise Refusal(name_conflict(self.source, self.there.target, uses[0]))
            return Need(name, "present", uses, reason="the moved code binds it itself")
        patched = name in self.replaced and any(u.deferred and not u.annotation for u in uses)
        if name in self.strategy.from_source or patched:
            return self._through_source(name, uses)
        if is_rebound(self.source, name) and any(use.deferred and not use.is_type for use in uses):
            return self._as_it_is_then(name, uses)
        statements = {binding.statement for binding in self.source.bindings(name)}
        imports = self.source.imports_by_name.get(name, [])
        typing_only = imports and all(item.is_typing_only for item in imports)
        # not with an `else:` that binds the name for a running program
        at_run_time = any(getattr(self.source.body[each], "orelse", None) for each in statements)
        if typing_only and len(statements) == 1 and not at_run_time:
            # if TYPE_CHECKING: try: from m import C / except ImportError: C = Any
            return self._imported(name, uses, imports[:1])
        if len(statements) > 1 and all(map(self._is_attempt, statements)):
            return self._block(name, uses, tuple(sorted(statements)))
        if len(imports) == len(self.source.bindings(name)):
            guarded = len(statements) == 1 and imports[0].guards and not imports[0].is_typing_only
            if guarded and not _only_explains(imports[0]):
                return self._block(name, uses, (statements.pop(),))
            return self._imported(name, uses, imports)
        if len(statements) == 1:
            (statement,) = statements
            if is_own_logger(self.source.body[statement]):
                return self._logger(name, uses, statement)
            if is_import_block(self.source.body[statement]):
                return self._block(name, uses, (statement,))
            free = self.there is None or not self.there.binds(name)
            if free and fixed_logger(self.source, name) is not None:
                return Need(name, "logger", uses, blocks=(statement,), reason="the same everywhere")
        return self._back(name, uses)

    def with_readers(self, need: Need) -> Need:
        """The need, and whether a decorator of what moves looks for it."""
        return replace(need, looked_for=any(map(self._is_looked_for, need.uses)))

    def _is_looked_for(self, use: NameUse) -> bool:
        return is_read_by_a_decorator(self.index, self.source, use)

    def _binds_itself(self, name: str) -> bool:
        """Whether only moved functions bind a name: `global cache`, and nothing at the top."""
        inside = set(self.closure.statements)
        return all(b.via_global and b.statement in inside for b in self.source.bindings(name))

    # -- names that the source does not bind ---------------------------------------------------

    def _unbound(self, name: str, uses: tuple[NameUse, ...]) -> Need:
        for star in self.source.star_imports:
            origin = self.index.through_star(star, name)
            known = origin is not None and origin.kind in {"definition", "module"}
            if known and not name.startswith("__"):
                return self._from_star(name, uses, star)
        if name in BUILTINS:
            if self.there is not None and (shadow := self.there.shadow_of(name)) is not None:
                raise Refusal(shadowed_builtin(self.there.target, name, shadow))
            return Need(name, "present", uses, reason="builtin")
        external = [s for s in self.source.star_imports if not self._is_first_party(s.module)]
        if external:
            return self._from_star(name, uses, external[-1])
        read = any(not use.never_read for use in uses)
        if read and self.there is not None and name in self.there.target.scope.bindings:
            raise Refusal(captured_name(self.source, self.there.target, uses[0]))
        return Need(name, "nowhere", uses, reason="nothing binds it; it was broken before")

    def _from_star(self, name: str, uses: tuple[NameUse, ...], star: Import) -> Need:
        origin = self.index.resolve(star.module, name)
        return self._provide(name, uses, (ImportedName(star.module, name),), origin)

    def _is_first_party(self, module: ModuleName) -> bool:
        return self.index.workspace.is_first_party(module)

    # -- imports -------------------------------------------------------------------------------

    def _imported(self, name: str, uses: tuple[NameUse, ...], imports: list[Import]) -> Need:
        typing_only = all(item.is_typing_only for item in imports)
        chosen = [item for item in imports if not item.is_typing_only] or imports
        if chosen[-1].name is None and not chosen[-1].alias:
            chosen = reached(chosen, uses)
        else:
            chosen = chosen[-1:]
        imported = tuple(self._taken_from(name, i) for i in chosen)
        need = self._provide(name, uses, imported, self.index.resolve_import(chosen[-1]))
        return replace(need, how="typing") if typing_only and need.how == "import" else need

    def _taken_from(self, name: str, item: Import) -> ImportedName:
        # `Price as Price` hands the name on to others, which is not for the home to do
        alias = item.alias if item.alias != item.name else None
        imported = ImportedName(item.module, item.name, alias)
        if name not in self.strategy.from_defining_module:
            return imported
        return from_defining_module(self.index, imported) or imported

    def _provide(
        self,
        name: str,
        uses: tuple[NameUse, ...],
        imported: tuple[ImportedName, ...],
        origin: Origin,
    ) -> Need:
        """Use the target's binding when it means the same, else import, else under an alias."""
        how: How = "lazy" if name in self.strategy.lazy_imports else "import"
        if name in self.strategy.late_imports - self.strategy.lazy_imports:
            how = "late"
        there = self.there
        if there is None:
            return Need(name, how, uses, imported, reason="the source imports it")
        if origin.kind == "definition" and origin.module == there.target.name:
            return self._local(name, uses, origin.name)
        taken = self.closure.uses
        through = attributes_to_own(self.index, there.target, uses, origin, taken)
        if through:
            return Need(name, "present", uses, through=through, reason="of the target itself")
        if origin.kind == "module" and origin.module == there.target.name:
            return self._through_itself(name, uses, imported)
        if not there.binds(name):
            known = there.called_otherwise(uses, imported, origin)
            if known:
                return Need(name, "present", uses, rename=known, reason="the target has the same")
            return Need(name, how, uses, imported, reason="the source imports it")
        if there.has_same(name, origin, imported):
            if there.has_on_occasion(name):
                reason = "the target imports it for the type checker, as a script or in need only"
                return Need(name, how, uses, imported, reason=reason)
            missing = tuple(i for i in imported if not there.imports(i))
            if are_submodules(imported) and missing:
                return Need(name, how, uses, missing, reason="another submodule of the package")
            if there.may_be_half_bound(name):
                return Need(name, how, uses, imported, reason="the target's `*` may be too early")
            return Need(name, "present", uses, reason="the target has the same already")
        return self._under_alias(there, uses, imported, how)

    def _local(self, name: str, uses: tuple[NameUse, ...], local: str) -> Need:
        rename = local if local != name else ""
        return Need(name, "present", uses, rename=rename, reason="the target defines it")

    def _through_itself(
        self, name: str, uses: tuple[NameUse, ...], imported: tuple[ImportedName, ...]
    ) -> Need:
        """`vars(target)`: the module imports itself, at call time only."""
        if all(use.deferred for use in uses):
            return Need(name, "lazy", uses, imported, reason="the target itself")
        return Need(name, "import", uses, imported, reason="the target itself")

    def _under_alias(
        self,
        there: TargetNames,
        uses: tuple[NameUse, ...],
        imported: tuple[ImportedName, ...],
        how: How,
    ) -> Need:
        name, item = uses[0].name, only_needed(imported, uses)
        is_dotted = item is not None and item.name is None and not item.alias and "." in item.module
        if item is None or is_dotted or any(use.span is None for use in uses):
            raise Refusal(name_conflict(self.source, there.target, uses[0]))
        holder = item.module.tail if item.name else item.module.parent.tail
        wish = f"{holder.lstrip('_')}_{name.lstrip('_')}" if holder else f"{name}_module"
        alias = there.unused_name(wish)
        renamed = replace(item, alias=alias)
        return Need(
            name, how, uses, (renamed,), alias, reason=f"the target's own `{name}` is another"
        )

    # -- definitions that stay, blocks, loggers ---------------------------------------------------

    def _back(self, name: str, uses: tuple[NameUse, ...]) -> Need:
        """A definition that stays in the source is imported back."""
        imported = (ImportedName(self.source.name, name),)
        origin = Origin("definition", self.source.name, name)
        need = self._provide(name, uses, imported, origin)
        if need.how == "present":
            return need
        self._refuse_of_a_program(uses)
        if self.strategy.shared == "import back":
            return need
        for_types = is_for_type_checker(self.source, name)
        looked_for = [use for use in uses if use.is_field and use.statement in self.evaluated]
        if looked_for and not for_types:
            # headers: dict[str, "Header"]    # of a model, which looks for `Header` in the target
            raise Refusal(helper_stays(self.source, looked_for[0]))
        if all(use.is_type for use in uses):
            if any(map(is_read_by_a_register, uses)) or any(map(self._is_looked_for, uses)):
                return need
            return replace(need, how="typing", reason="only annotations name it")
        if for_types:
            return replace(need, how="typing", reason="only the type checker has it")
        eager = next((use for use in uses if _is_eager(use)), None)
        if eager is not None:
            raise Refusal(helper_stays(self.source, eager))
        if any(map(is_used_at_the_end, uses)):
            return need
        return replace(need, how="lazy", reason="shared with what stays; needed at call time only")

    def _through_source(self, name: str, uses: tuple[NameUse, ...]) -> Need:
        """A patched name that both sides read: `from source import name` where it is called."""
        self._refuse_of_a_program(uses)
        imported = (ImportedName(self.source.name, name),)
        need = Need(name, "lazy", uses, imported, reason="tests patch it in the source")
        later = any(use.deferred and is_kept_for_later(use) for use in uses)
        return self._of_the_module(need) if later and not self._is_fixed(uses) else need

    def _as_it_is_then(self, name: str, uses: tuple[NameUse, ...]) -> Need:
        """A name that `global` rebinds is read when it is needed, and never from the home's top.

        connect()                      # rebinds it
        return core.connection.rows    # where `from core import connection` above is too early
        """
        self._refuse_of_a_program(uses)
        imported = (ImportedName(self.source.name, name),)
        need = Need(name, "lazy", uses, imported, reason="it is rebound through `global`")
        if self._is_fixed(uses):
            raise Refusal(rebound_and_fixed(self.source, uses[0]))
        return self._of_the_module(need) if any(map(may_be_outdated, uses)) else need

    def _refuse_of_a_program(self, uses: tuple[NameUse, ...]) -> None:
        """What is run as a program would be loaded a second time, with a state of its own."""
        if is_program(self.source) and not all(use.is_type for use in uses):
            raise Refusal(stays_in_a_program(self.source, uses[0]))

    def _of_the_module(self, need: Need) -> Need:
        """`core.name` with `from pkg import core`, in place of `from pkg.core import name`."""
        module, there = self.source.name, self.there
        taken = names_in(self.source) | (names_in(there.target) if there is not None else set())
        alias = module.tail
        while alias in taken:  # of `net.client` it becomes `net_client`
            alias = f"{module.parent.tail or 'the'}_{alias}"
        imported = ImportedName(module, None, alias)
        return replace(need, imported=(imported,), rename=f"{alias}.{need.name}")

    def _is_fixed(self, uses: tuple[NameUse, ...]) -> bool:
        """Whether a use is of the value that a name has at import time, or stands in quotes."""
        return any(not use.deferred or use.span is None or use.is_type for use in uses)

    def _is_attempt(self, statement: int) -> bool:
        """One of several attempts at what a package has.

        try: import redis
        except ImportError: redis = None
        try: import redis.sentinel
        except ImportError: pass
        """
        node = self.source.body[statement]
        return isinstance(node, ast.Try) and is_import_block(node)

    def _block(self, name: str, uses: tuple[NameUse, ...], statements: tuple[int, ...]) -> Need:
        nodes = [self.source.body[statement] for statement in statements]
        if any(adds_to_others(self.source, statement) for statement in statements):
            return self._back(name, uses)
        if any(map(_defines, nodes)) and all(use.deferred for use in uses):
            # try: from fast import Map / except ImportError: ... / else: def route(...): ...
            return self._back(name, uses)
        bound = set().union(*(bound_names(self.source, each) for each in statements)) - {"__all__"}
        there = self.there
        if there is None or not any(map(there.binds, bound)):
            return Need(name, "block", uses, blocks=statements, reason="a guarded import")
        if not there.binds(name):
            # if TYPE_CHECKING: from app import Request, Router / else: Request = Router = None
            # ... and the target has a `Request` of its own
            return self._back(name, uses)
        if all(there.has_same_block(name, node) for node in nodes):
            return Need(name, "present", uses, reason="the target has the same block")
        if there.imports_as_good(name):
            return Need(name, "present", uses, reason="the target imports the same")
        return self._back(name, uses)

    def _logger(self, name: str, uses: tuple[NameUse, ...], statement: int) -> Need:
        if self.there is None:
            return Need(name, "logger", uses, blocks=(statement,), reason="each module has its own")
        own = self.there.own_loggers()
        if name in own:
            return Need(name, "present", uses, reason="the target's own logger")
        if own and all(use.span for use in uses):
            return Need(name, "present", uses, rename=own[0], reason="the target's own logger")
        reason, alias = "each module has its own", ""
        if self.there.target.bindings(name):
            if any(use.span is None for use in uses):
                raise Refusal(name_conflict(self.source, self.there.target, uses[0]))
            reason = f"the target's own `{name}` is another"
            alias = self.there.unused_name(f"{self.source.name.tail.lstrip('_')}_{name.strip('_')}")
        return Need(name, "logger", uses, rename=alias, blocks=(statement,), reason=reason)


def _is_eager(use: NameUse) -> bool:
    """Whether a value is needed as soon as the definition runs, or as anyone looks at the class."""
    return not use.annotation and (not use.deferred or runs_when_looked_at(use.scope))


def _defines(block: ast.stmt) -> bool:
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return any(isinstance(node, definitions) for node in ast.walk(block))


def _only_explains(item: Import) -> bool:
    """Whether its guard turns one error into another: `except ImportError: raise Explained`."""
    return all(
        isinstance(guard, ast.Try)
        and not guard.orelse
        and not guard.finalbody
        and all(isinstance(handler.body[-1], ast.Raise) for handler in guard.handlers)
        for guard in item.guards
    )
