"""Classes from outside the project of which enough is known: builtins and some of the library."""

from __future__ import annotations

import builtins
import collections
import importlib
import typing

# Their instances have no attributes but those that the class shows.
_COMPLETE = frozenset({"builtins", "abc", "enum", "collections.abc", "numbers", "typing"})
_READ = _COMPLETE | {"collections", "contextlib", "types", "string", "unittest", "threading"}

MODEL: type = type(
    "BaseModel",
    (),
    dict.fromkeys(
        [
            "model_config", "model_fields", "model_computed_fields", "model_extra", "model_dump",
            "model_fields_set", "model_construct", "model_copy", "model_dump_json",
            "model_json_schema", "model_parametrized_name", "model_post_init", "model_rebuild",
            "model_validate", "model_validate_json", "model_validate_strings", "dict", "json",
            "parse_obj", "parse_raw", "parse_file", "from_orm", "construct", "copy", "schema",
            "schema_json", "validate", "update_forward_refs", "__fields__", "__fields_set__",
            "__config__", "__iter__", "__pydantic_extra__", "__class_getitem__",
        ]
    ),
)  # fmt: skip

_NamedTuple = collections.namedtuple("_NamedTuple", [])
NAMED_TUPLE: type = _NamedTuple
TYPED_DICT: type = type("TypedDict", (dict,), {})

_STAND_INS = {
    **dict.fromkeys(("typing.NamedTuple", "typing_extensions.NamedTuple"), NAMED_TUPLE),
    **dict.fromkeys(("typing.TypedDict", "typing_extensions.TypedDict"), TYPED_DICT),
    **dict.fromkeys(("pydantic.BaseModel", "pydantic.main.BaseModel"), MODEL),
}


def foreign_class(name: str) -> type | None:
    """The class of a dotted name, or one that stands in for it; None when little is known."""
    if name in _STAND_INS:
        return _STAND_INS[name]
    module, _, last = name.rpartition(".")
    if module == "typing_extensions" and hasattr(typing, last):
        module = "typing"
    if module not in _READ:
        return None
    found = getattr(importlib.import_module(module), last, None)
    found = getattr(found, "__origin__", found)  # typing.Mapping stands for collections.abc.Mapping
    return found if isinstance(found, type) else None


def builtin_class(name: str) -> type | None:
    """The class that a bare name means when nothing else binds it."""
    found = getattr(builtins, name, None)
    return found if isinstance(found, type) else None


def shows_all(found: type) -> bool:
    """Whether the class shows every attribute that its instances have."""
    stand_ins = (MODEL, NAMED_TUPLE, TYPED_DICT)
    return found.__module__ in _COMPLETE or found in stand_ins
