"""Whether the import of the old module may go from a file that reached moved names through it."""

from __future__ import annotations

from consolidator.edits.attribute_uses import AttributeUse, dotted
from consolidator.index.importers import comes_with_star, names_taken
from consolidator.index.index import Index
from consolidator.index.module import Import, Module
from consolidator.index.scopes import NameUse


def is_done_with(
    index: Index, module: Module, root: Import, group: list[AttributeUse], *, keeps_name: bool
) -> bool:
    """Whether nothing but a `group` of uses needs an import of a module.

    With `keeps_name` another import will bind the same name in its place.
    """
    others = _other_uses(module, root, group)
    beside = [
        item
        for item in module.imports
        if item.bound == root.bound and item.scope is root.scope and item is not root
    ]
    if beside and not _is_one_of_several(root, beside, group, others):
        return False
    if (others and not beside) or module.is_package or "__all__" in module.readers:
        return False
    if module.all_names and root.bound in module.all_names:
        return False
    return bool(beside) or keeps_name or not _is_taken(index, module, root)


def _other_uses(module: Module, root: Import, group: list[AttributeUse]) -> list[NameUse]:
    """The uses of what an import binds, but for those of the group."""
    mine = [item.use for item in group]
    return [
        use
        for scope in module.scope.walk()
        for use in scope.uses
        if use.name == root.bound and use.scope.lookup(use.name) is root.scope and use not in mine
    ]


def _is_taken(index: Index, module: Module, root: Import) -> bool:
    """Whether another module takes the old one from here: `from shop.reports import orders`."""
    if root.scope is not module.scope:
        return False
    taken = names_taken(index, module.name)
    return root.bound in taken or ("*" in taken and comes_with_star(module, str(root.bound)))


def _is_one_of_several(
    root: Import, beside: list[Import], group: list[AttributeUse], others: list[NameUse]
) -> bool:
    """Whether an import is plain as those beside it, and all other uses reach what these bring.

    import shop.orders
    import shop.tax      # and nothing but `shop.tax.rate` is left
    """
    plain = all(i.name is None and not i.alias and not i.guards for i in [root, *beside])
    mine = all(dotted(item.use).startswith(f"{root.module}.") for item in group)
    brought = tuple(f"{item.module}." for item in beside if item.module != root.module)
    return plain and mine and all(dotted(use).startswith(brought) for use in others)
