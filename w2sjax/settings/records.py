"""Records: exact instances as dataclasses; files, faults of types and smaller instances come from the fields.

A field may name the axes that its lists run along, `axes("point", "column")`: leaving out a point then
leaves it out
of every field, and a step to a smaller instance needs no code of its own.
"""

import dataclasses
import functools
import types
import typing
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any, TypeVar

from w2sjax.arithmetic.rationals import parse, text

Kind = TypeVar("Kind", bound="Record")


def axes(*names: str, **options: Any) -> Any:
    """Declare a field whose nested lists run along these axes."""
    return dataclasses.field(metadata={"axes": names}, **options)


@dataclasses.dataclass(frozen=True)
class Record:
    """Exact numbers by name."""

    def to_json(self) -> dict[str, Any]:
        """Give it as plain objects, rationals as text."""
        return {f.name: _plain(getattr(self, f.name)) for f in dataclasses.fields(self)}

    @classmethod
    def from_json(cls: type[Kind], fields: Any) -> Kind:
        """Read it: every field has to be there and of its type, and the whole without fault.

        Raises:
            ValueError: naming the field.
        """
        hints = typing.get_type_hints(cls)
        names = [f.name for f in dataclasses.fields(cls)]
        if not isinstance(fields, dict) or set(fields) != set(names):
            known = ", ".join(sorted(names))
            raise ValueError(f"{cls.__name__.lower()}: expected the fields {known}")
        record = cls(**{name: _read(name, hints[name], fields[name]) for name in names})
        fault = record.fault()
        if fault is not None:
            raise ValueError(fault)
        return record

    def fault(self) -> str | None:
        """Say what makes it no instance at all; None where it is one."""
        return None

    def misshapen(self) -> str | None:
        """Say which field does not run along its axes as the others do."""
        extents: dict[str, int] = {}
        for name, axis, rows in self._rows():
            wanted = extents.setdefault(axis, len(rows))
            if len(rows) != wanted:
                return f"{name}: expected {wanted} entries along each {axis}, got {len(rows)}"
        return None

    def extent(self, axis: str) -> int:
        """Count the entries along an axis; 0 where no field has it."""
        return next((len(rows) for _, along, rows in self._rows() if along == axis), 0)

    def _rows(self) -> Iterator[tuple[str, str, Any]]:
        """List the parts of every field that run along an axis, with the field and the axis."""
        for name, names in _axes_of(type(self)):
            parts = [getattr(self, name)]
            for axis in names if parts[0] is not None else ():
                yield from ((name, axis, rows) for rows in parts)
                parts = [part for rows in parts for part in rows] if axis != names[-1] else []

    def without(self: Kind, axis: str, gone: set[int]) -> Kind:
        """Leave out some places along an axis, in every field that runs along it."""
        values = ((name, names, getattr(self, name)) for name, names in _axes_of(type(self)))
        changed = {name: left(v, names, axis, gone) for name, names, v in values if v is not None}
        return dataclasses.replace(self, **changed)

    def mapped(self: Kind, change: Callable[[Fraction], Fraction], *names: str) -> Kind:
        """Change every rational number, or those of some fields."""
        chosen = names or tuple(f.name for f in dataclasses.fields(self))
        changed = {name: _mapped(getattr(self, name), change) for name in chosen}
        return dataclasses.replace(self, **changed)

    def numbers(self, *names: str) -> Iterator[Fraction]:
        """List the rational numbers of all fields, or of some."""
        for name in names or tuple(f.name for f in dataclasses.fields(self)):
            yield from _numbers(getattr(self, name))


@functools.cache
def _axes_of(kind: type[Record]) -> list[tuple[str, tuple[str, ...]]]:
    """List the fields of a kind of record that run along axes."""
    return [(f.name, f.metadata["axes"]) for f in dataclasses.fields(kind) if "axes" in f.metadata]


def left(value: Any, names: tuple[str, ...], axis: str, gone: set[int]) -> Any:
    """Leave out some places along an axis of nested lists, whose axes are named."""
    if axis not in names:
        return value
    kept = (part for i, part in enumerate(value) if names[0] != axis or i not in gone)
    return type(value)(left(part, names[1:], axis, gone) for part in kept)


def _mapped(value: Any, change: Callable[[Fraction], Fraction]) -> Any:
    if isinstance(value, Fraction):
        return change(value)
    if isinstance(value, list | tuple):
        return type(value)(_mapped(part, change) for part in value)
    if isinstance(value, dict):
        return {name: _mapped(part, change) for name, part in value.items()}
    return value.mapped(change) if isinstance(value, Record) else value


def _numbers(value: Any) -> Iterator[Fraction]:
    if isinstance(value, Fraction):
        yield value
    elif isinstance(value, list | tuple | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _numbers(part)
    elif isinstance(value, Record):
        yield from value.numbers()


def _plain(value: Any) -> Any:
    if isinstance(value, Record):
        return value.to_json()
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    return text(value) if isinstance(value, Fraction) else value


def _read(name: str, kind: Any, given: Any) -> Any:
    """Read a value of a type: fractions from text, lists, tuples, records, and what may be None."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        if given is None and type(None) in inner:
            return None
        (kind,) = (part for part in inner if part is not type(None))
        return _read(name, kind, given)
    if origin in (list, tuple):
        if not isinstance(given, list):
            raise ValueError(f"{name}: expected a list, got {given!r}")
        return origin(_read(name, inner[0], part) for part in given)
    if origin is dict:
        if not isinstance(given, dict):
            raise ValueError(f"{name}: expected values by name, got {given!r}")
        return {str(key): _read(name, inner[1], part) for key, part in given.items()}
    if kind is Any:  # rational numbers of any nesting
        return _parsed(name, given, None)
    if kind is Fraction:
        return _parsed(name, given, 0)
    if isinstance(kind, type) and issubclass(kind, Record):
        return kind.from_json(given)
    if type(given) is not kind:
        raise ValueError(f"{name}: expected {kind.__name__}, got {given!r}")
    return given


def _parsed(name: str, given: Any, depth: int | None) -> Any:
    try:
        return parse(given, depth)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error
