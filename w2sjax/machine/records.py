"""Finished work in a folder, so that what was killed goes on where it was.

A piece of work is described by all that its result depends on: what is asked, data, seed, versions and
code. It is done in units, each of which depends on its name and the work alone. A work has a folder,
named by a digest of its description, and every finished unit a file in it, which holds the description
and is written in one step. So there is nothing to lock: two processes at one work write the same units,
the later one stays, and each knows those that were there when it began. A unit that takes long may leave
what it has come to in a file that is written again and again, and goes when the unit is done.
"""

import base64
import hashlib
import json
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from w2sjax.machine.versions import code, versions
from w2sjax.machine.writable import write_whole

FORMAT = "w2sjax record 1"
DIGITS = 16  # of a digest in a file's name
EVERY = 5  # seconds, at least, between two records of a value that grows
SHARE = 10  # of the time, at most one part in so many goes into them


class RecordError(ValueError):
    """A file of a record that is damaged, or belongs to other work."""


class Record:
    """The finished units of one work; nothing is written where there is no folder.

    Attributes:
        units: what is recorded, by name: plain objects with NumPy arrays among them.
    """

    def __init__(self, folder: str | Path | None, kind: str, work: dict[str, Any]):
        """Read what is recorded of a work; `kind` is the first word of its folder's name.

        Raises:
            RecordError: naming the file.
        """
        self.units: dict[str, Any] = {}
        self.folder = None
        if folder is not None:
            known = work | {"versions": versions(), "code": code()}
            self.work = json.loads(json.dumps(known))  # as a file gives it back
            self.folder = Path(folder) / f"{kind}_{_digest(json.dumps(known, sort_keys=True))}"
            for path in sorted(self.folder.glob("[!.]*.json")):
                fields = self._read(path)
                self.units[fields["unit"]] = _decoded(fields["value"])

    def _read(self, path: Path) -> dict[str, Any]:
        try:
            content = json.loads(path.read_text())
            fields, checksum = content["record"], content["checksum"]
            if checksum != _checksum(json.dumps(fields)):
                raise ValueError("its checksum is another")
            known = fields["format"], fields["work"]
        except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
            raise RecordError(f"checkpoint: {path} cannot be read ({error}); remove it") from error
        if known != (FORMAT, self.work):
            raise RecordError(f"checkpoint: {path} belongs to other work; use another folder")
        return fields

    def keep(self, unit: str, value: Any) -> Any:
        """Record a unit; gives it as it will be read back.

        A value is made of dicts, lists, text, numbers, None and arrays of numbers.

        Raises:
            TypeError: for another one.
            OSError: naming the file, if it cannot be written.
        """
        stored = _encoded(value)
        self.units[unit] = _decoded(json.loads(json.dumps(stored)))
        self._write(unit, stored)
        return self.units[unit]

    def replace(self, unit: str, value: Any) -> None:
        """Record a value in place of an earlier one, without a copy of it here; see `keep`."""
        self._write(unit, _encoded(value))

    def drop(self, unit: str) -> None:
        """Forget a unit."""
        self.units.pop(unit, None)
        if self.folder is not None:
            self._file(unit).unlink(missing_ok=True)

    def _file(self, unit: str) -> Path:
        assert self.folder is not None
        return self.folder / f"{_digest(unit)}.json"

    def _write(self, unit: str, stored: Any) -> None:
        if self.folder is not None:
            self.folder.mkdir(parents=True, exist_ok=True)
            fields = {"format": FORMAT, "work": self.work, "unit": unit, "value": stored}
            text = json.dumps(fields)
            content = f'{{"checksum": "{_checksum(text)}", "record": {text}}}\n'
            write_whole(self._file(unit), content)

    def once(self, unit: str, compute: Callable[[], Any]) -> Any:
        """Give a unit, which is computed and recorded unless it is known."""
        return self.units[unit] if unit in self.units else self.keep(unit, compute())


class Part:
    """The units of one part of a work, whose names begin alike; without a record nothing is kept."""

    def __init__(self, record: Record | None = None, name: str = ""):
        self._record, self._name, self._growing = record, name, f"{name}: under way"
        self._grown = False  # whether something that is under way is recorded

    def once(self, unit: str, compute: Callable[[], Any]) -> Any:
        """See `Record.once`; what was under way meanwhile is done, too."""
        if self._record is None:
            return compute()
        found = self._record.once(f"{self._name}: {unit}", compute)
        if self._grown:
            self._record.drop(self._growing)
            self._grown = False
        return found

    def last(self, unit: str, steps: Callable[[Any], Iterator[Any]]) -> Any:
        """Give the last of some values, each of which takes the place of the one before in the record.

        `steps` goes on from the value that was recorded, None at first, and may change it. A part holds one
        such value, under the name of what is under way.
        """
        if self._record is None:
            return deque(steps(None), maxlen=1).pop()
        known = self._record.units.pop(self._growing, None)
        self._grown = known is not None
        before = known["value"] if known is not None and known["unit"] == unit else None
        value, due = before, time.monotonic() + EVERY
        for value in steps(before):
            start = time.monotonic()
            if start >= due:
                self._record.replace(self._growing, {"unit": unit, "value": value})
                self._grown = True
                due = time.monotonic() + max(EVERY, (SHARE - 1) * (time.monotonic() - start))
        return value

    def named(self, unit: str, arrays: Iterable[Any]) -> str:
        """Name a unit by the arrays that it is of, too; None is one of them."""
        if self._record is None:
            return unit
        return f"{unit}, {fingerprint(np.zeros(0) if one is None else one for one in arrays)}"


UNRECORDED = Part()


def fingerprint(arrays: Iterable[Any]) -> str:
    """Tell arrays apart, by a digest of their shapes, types and numbers."""
    found = hashlib.sha256()
    for array in map(np.asarray, arrays):
        found.update(f"{array.dtype} {array.shape};".encode())
        found.update(np.atleast_1d(np.ascontiguousarray(array)).view(np.uint8).data)
    return found.hexdigest()


def _checksum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _digest(text: str) -> str:
    return _checksum(text)[:DIGITS]


def _encoded(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _encoded(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_encoded(part) for part in value]
    if value is None or type(value) in (str, int, float, bool):
        return value
    array = np.asarray(value)
    if array.dtype.hasobject or array.dtype.kind in "US":
        raise TypeError(f"cannot record {value!r}")
    content = base64.b64encode(array.tobytes()).decode()
    return {"dtype": array.dtype.name, "shape": list(array.shape), "base64": content}


def _decoded(value: Any) -> Any:
    if isinstance(value, list):
        return [_decoded(part) for part in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"dtype", "shape", "base64"}:
        content = base64.b64decode(value["base64"])
        flat = np.frombuffer(content, np.dtype(value["dtype"])).copy()
        return flat.reshape(value["shape"])[()]
    return {name: _decoded(part) for name, part in value.items()}
