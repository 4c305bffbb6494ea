"""What an expression of a file is worth: an imported class, something made of it, or unknown.

Flow is not followed: a name that is ever bound to two different things is unknown.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from consolidator.index.last_names import innermost_name
from consolidator.index.usage.frames import Bind, Frame
from consolidator.index.usage.worth import (
    NOTHING,
    Known,
    Local,
    Value,
    Wrap,
    fits,
    instance_of,
    items,
    one_of,
    wrapped,
)

_HARMLESS_BASES = frozenset({"object", "ABC", "Generic", "Protocol"})
_ITEMS = frozenset(
    {
        "List", "list", "Sequence", "MutableSequence", "Iterable", "Iterator", "Collection", "Set",
        "set", "FrozenSet", "frozenset", "Tuple", "tuple", "Deque", "deque", "AsyncIterator",
        "AsyncIterable", "Generator", "AsyncGenerator",
    }
)  # fmt: skip
_AWAITED = frozenset({"Awaitable", "Coroutine"})
_MANAGED = frozenset({"ContextManager", "AsyncContextManager", "AbstractContextManager"})
_TRANSPARENT = frozenset({"Optional", "Union", "Annotated", "Final", "ClassVar", "InitVar"})
_CONTEXT_MANAGERS = frozenset({"contextmanager", "asynccontextmanager"})
_FIXTURES = frozenset({"fixture", "yield_fixture"})
_KEPT_DECORATORS = (
    _CONTEXT_MANAGERS
    | _FIXTURES
    | {"staticmethod", "classmethod", "cache", "lru_cache", "final", "override"}
)


@dataclass(slots=True, eq=False)
class Values:
    """Finds out what expressions are worth, and remembers it."""

    _known: dict[tuple[object, ...], Known] = field(default_factory=dict)
    _underway: list[tuple[object, ...]] = field(default_factory=list)
    _bases: dict[Frame, Value | Local | None] = field(default_factory=dict)

    # -- expressions -------------------------------------------------------------------------

    def of(self, node: ast.AST | None, frame: Frame) -> Known:
        """The worth of an expression."""
        if not isinstance(node, ast.Call | ast.Attribute):
            return self._of(node, frame)
        # a.b().c().d(): each step asks for all those before it.
        key = (node, frame)
        if key not in self._known:
            self._known[key] = self._of(node, frame)
        return self._known[key]

    def _once(self, key: tuple[object, ...], find: Callable[[], Known]) -> Known:
        """What `find` finds, remembered; where it asks for itself, nothing new comes of it."""
        if key in self._underway:
            # x = x or C(), but not a, b = b, a
            return NOTHING if self._underway[-1] == key else None
        if key not in self._known:
            self._underway.append(key)
            self._known[key] = find()
            self._underway.pop()
        return self._known[key]

    def _of(self, node: ast.AST | None, frame: Frame) -> Known:
        match node:
            case ast.Name():
                return self.name(node.id, frame)
            case ast.Call():
                return self._call(node, frame)
            case ast.Attribute():
                holder = self.of(node.value, frame)
                if isinstance(holder, Local) and holder.kind != "function":
                    return self.attribute(holder.frame, node.attr)
                return None
            case ast.Subscript():
                # C[int](…): still the class.
                value = self.of(node.value, frame)
                return value if isinstance(value, Value) and not value.path else None
            case ast.Await():
                return self._unwrapped(self.of(node.value, frame), "awaitable", "await")
            case ast.NamedExpr():
                return self.of(node.value, frame)
            case ast.IfExp():
                return one_of([self.of(node.body, frame), self.of(node.orelse, frame)])
            case ast.BoolOp():
                return one_of([self.of(value, frame) for value in node.values])
            case ast.List() | ast.Tuple() | ast.Set():
                return items(one_of([self.of(item, frame) for item in node.elts]))
            case ast.ListComp():
                scope = frame  # the element is read in a scope that was left; only calls are clear
                return items(self.of(node.elt, scope)) if isinstance(node.elt, ast.Call) else None
            case ast.Constant(value=None):
                return NOTHING
        return None

    def name(self, name: str, frame: Frame) -> Known:
        """The worth of a name where it is used."""
        owner = frame.owner(name)
        if owner is None:
            return None
        return self._once((owner, "name", name), lambda: self._of_name(owner, name))

    def _of_name(self, owner: Frame, name: str) -> Known:
        if name in owner.narrowed:
            return None
        return one_of([self._bind(bind, name) for bind in owner.bindings[name]])

    def attribute(self, frame: Frame, name: str) -> Known:
        """The worth of `self.name` in a class of the file."""
        return self._once((frame, "attribute", name), lambda: self._of_attribute(frame, name))

    def _of_attribute(self, frame: Frame, name: str) -> Known:
        binds = [*frame.attributes.get(name, []), *frame.bindings.get(name, [])]
        if _has_computed_base(frame):
            return None
        if not binds:
            base = self.base(frame)
            return self.attribute(base.frame, name) if isinstance(base, Local) else None
        known = one_of([self._bind(bind, name) for bind in binds])
        if isinstance(known, Value) and known.path and name in frame.bindings:
            return known.then("get")  # it may be a descriptor
        if isinstance(known, Local) and known.kind == "function" and _is_property(known.frame):
            return self.result(known.frame)
        return known

    # -- bindings ----------------------------------------------------------------------------

    def _bind(self, bind: Bind, name: str) -> Known:
        match bind.kind:
            case "import":
                return Value(bind.group)
            case "value":
                return self.of(bind.value, bind.frame)
            case "declared":
                value = self.of(bind.value, bind.frame) if bind.value is not None else None
                declared = self.annotated(bind.annotation, bind.frame)
                return value if isinstance(value, Value) and fits(value, declared) else declared
            case "with":
                return self._unwrapped(self.of(bind.value, bind.frame), "managed", "with")
            case "awith":
                return self._unwrapped(self.of(bind.value, bind.frame), "managed", "awith")
            case "iter" | "aiter":
                return self._unwrapped(self.of(bind.value, bind.frame), "items", bind.kind)
            case "parameter":
                return self._parameter(bind, name)
            case "function" | "class":
                frame = bind.opened
                return Local(bind.kind, frame) if frame is not None else None
        return None

    def _parameter(self, bind: Bind, name: str) -> Known:
        function = bind.frame
        if function.first_parameter == name and function.parent is not None:
            is_class = "classmethod" in function.decorators or function.name in _CLASS_METHODS
            return Local("class" if is_class else "instance", function.parent)
        if bind.annotation is not None:
            return self.annotated(bind.annotation, function.parent or function)
        is_test = function.name.startswith("test") or function.decorators & _FIXTURES
        return self._fixture(name, function) if is_test else None

    def _fixture(self, name: str, function: Frame) -> Known:
        """`def test_it(client):` with a fixture `client` in the file."""
        frame = function.parent
        while frame is not None:
            for bind in frame.bindings.get(name, []):
                found = bind.opened
                if found is not None and found is not function and found.decorators & _FIXTURES:
                    return self._of_fixture(found)
            frame = frame.parent
        return None

    def _of_fixture(self, frame: Frame) -> Known:
        known = self.result(frame)
        if isinstance(known, Value) and known.wrap in {"awaitable", "items"}:
            return replace(known, wrap="")
        return known

    # -- calls -------------------------------------------------------------------------------

    def _call(self, node: ast.Call, frame: Frame) -> Known:
        if isinstance(node.func, ast.Attribute):
            holder = self.of(node.func.value, frame)
            if isinstance(holder, Value):
                return holder.then(f".{node.func.attr}()")
        function = self.of(node.func, frame)
        if isinstance(function, Value):
            return function.then("()")
        if isinstance(function, Local):
            if function.kind == "class":
                return Local("instance", function.frame)
            if function.kind == "function" and not function.frame.decorators & _FIXTURES:
                return self.result(function.frame)
        return None

    def result(self, frame: Frame) -> Known:
        """What a call of a function of the file gives."""
        return self._once((frame, "result"), lambda: self._result(frame))

    def _result(self, frame: Frame) -> Known:
        node = frame.node
        if frame.decorators - _KEPT_DECORATORS - _PROPERTIES:
            return None
        known: Known
        if frame.yields:
            known = one_of([self.of(value, frame) for value in frame.yields])
            known = known if isinstance(known, Value) else self._declared_result(frame)
            managed = bool(frame.decorators & _CONTEXT_MANAGERS)
            return wrapped(known, "managed" if managed else "items")
        known = one_of([self.of(value, frame) for value in frame.results])
        if not isinstance(known, Value | Local):
            known = self._declared_result(frame)
        return wrapped(known, "awaitable") if isinstance(node, ast.AsyncFunctionDef) else known

    def _declared_result(self, frame: Frame) -> Known:
        declared = self.annotated(getattr(frame.node, "returns", None), frame.parent or frame)
        if frame.yields and isinstance(declared, Value) and declared.wrap == "items":
            return replace(declared, wrap="")
        return declared

    def _unwrapped(self, known: Known, wrap: Wrap, step: str) -> Known:
        if not isinstance(known, Value):
            return None
        if known.wrap == wrap:
            return replace(known, wrap="")
        return known.then(step)

    # -- classes of the file -----------------------------------------------------------------

    def base(self, frame: Frame) -> Value | Local | None:
        """The one thing that a class of the file inherits from; None when there are several."""
        if frame not in self._bases:
            self._bases[frame] = None
            self._bases[frame] = self._base(frame)
        return self._bases[frame]

    def _base(self, frame: Frame) -> Value | Local | None:
        node = frame.node
        if not isinstance(node, ast.ClassDef) or frame.parent is None:
            return None
        bases = [base for base in node.bases if innermost_name(base) not in _HARMLESS_BASES]
        if len(bases) != 1:
            return None
        known = self.of(bases[0], frame.parent)
        is_class = isinstance(known, Local) and known.kind == "class" and known.frame is not frame
        if is_class or (isinstance(known, Value) and not known.path and not known.wrap):
            return known  # type: ignore[return-value]
        return None

    def imported_base(self, frame: Frame) -> Value | None:
        """The imported class that a class of the file extends, alone, perhaps through others."""
        seen = {frame}
        base = self.base(frame)
        while isinstance(base, Local) and base.frame not in seen:
            seen.add(base.frame)
            base = self.base(base.frame)
        return base if isinstance(base, Value) else None

    def own_names(self, frame: Frame) -> set[str]:
        """The members that a class of the file has of its own, with its bases in the file."""
        found: set[str] = set()
        seen: set[Frame] = set()
        current: Value | Local | None = Local("class", frame)
        while isinstance(current, Local) and current.frame not in seen:
            seen.add(current.frame)
            found |= current.frame.bindings.keys() | current.frame.attributes.keys()
            found |= current.frame.set_somewhere
            current = self.base(current.frame)
        return found

    # -- annotations -------------------------------------------------------------------------

    def annotated(self, node: ast.expr | None, frame: Frame) -> Known:
        """What a value declared with an annotation is."""
        match node:
            case ast.Constant(value=str() as text):
                return self.annotated(_parsed(text), frame)
            case ast.Constant(value=None):
                return NOTHING
            case ast.Name() | ast.Attribute():
                return instance_of(self.of(node, frame))
            case ast.BinOp(op=ast.BitOr()):
                return one_of([self.annotated(n, frame) for n in (node.left, node.right)])
            case ast.Subscript():
                return self._generic(node, frame)
        return None

    def _generic(self, node: ast.Subscript, frame: Frame) -> Known:
        name = innermost_name(node.value)
        inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if name == "Union":
            return one_of([self.annotated(part, frame) for part in inner])
        if not inner:
            return None
        if name in _TRANSPARENT:
            return self.annotated(inner[0], frame)
        if name in {"Type", "type"}:
            known = self.of(inner[0], frame)
            return known.then("type") if isinstance(known, Value) and not known.path else None
        if name in _ITEMS and (len(inner) == 1 or name not in {"Tuple", "tuple"}):
            return items(self.annotated(inner[0], frame))
        if name in _AWAITED:
            return wrapped(self.annotated(inner[-1], frame), "awaitable")
        if name in _MANAGED:
            return wrapped(self.annotated(inner[0], frame), "managed")
        return instance_of(self.of(node.value, frame))


_PROPERTIES = frozenset({"property", "cached_property"})
_CLASS_METHODS = frozenset({"__new__", "__init_subclass__", "__class_getitem__"})


def _has_computed_base(frame: Frame) -> bool:
    """`class K(proxy_for(Interface, "client"))`: the base may set what the class sets again."""
    bases = getattr(frame.node, "bases", [])
    return any(isinstance(base, ast.Call) for base in bases)


def _is_property(frame: Frame) -> bool:
    return bool(frame.decorators & _PROPERTIES)


def _parsed(text: str) -> ast.expr | None:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
