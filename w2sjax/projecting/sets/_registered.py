"""Register a kind of set as a pytree whose structure tells the kind."""

import dataclasses
from typing import Any, TypeVar

import jax

T = TypeVar("T")


def registered(kind: type[T]) -> type[T]:
    """Register a frozen dataclass; fields with `metadata={"static": True}` are structure.

    Not by `jax.tree_util.register_dataclass`: structures of two classes that it registers compare equal
    if their fields agree, and only their hashes differ. Where these collide, `jax.jit` takes the program
    that was compiled for another kind of set. Unflattening fills the fields without the constructor, whose
    checks are for what users give it: JAX builds sets of tracers, of None and of plain objects.
    """
    fields: Any = dataclasses.fields(kind)  # pyright: ignore[reportArgumentType]
    static = tuple(field.name for field in fields if field.metadata.get("static"))
    leaves = tuple(field.name for field in fields if field.name not in static)

    def flatten(one: Any):
        children = [(jax.tree_util.GetAttrKey(name), getattr(one, name)) for name in leaves]
        return children, tuple(getattr(one, name) for name in static)

    def unflatten(structure, children):
        one = object.__new__(kind)
        for name, value in zip(leaves + static, (*children, *structure), strict=True):
            object.__setattr__(one, name, value)
        return one

    jax.tree_util.register_pytree_with_keys(kind, flatten, unflatten)
    return kind
