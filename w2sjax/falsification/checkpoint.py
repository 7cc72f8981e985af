"""What a search has done, recorded after every phase so that a killed one goes on.

A record is a JSON file in a folder, named by what was asked: the claim, its source, the sets with
their numbers, seed, budget and versions. Another question is another file.
"""

import dataclasses
import json
import math
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from w2sjax.machine.writable import write_whole


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What one phase over one set found.

    Attributes:
        instances: how many it looked at.
        least_slack: the least normalised one in floating point; inf if there was none.
        unconfirmed: violations in floating point that exact arithmetic does not confirm.
        undecided: instances that exact arithmetic could not decide.
        invalid: random instances with a side that is not finite: nothing was checked.
        open: random instances that floating point does not settle.
        decided: how many of these were decided exactly.
        seconds: it took.
        hit: an exact instance that violates the claim, if one was found.
        place: how it was found, for people.
        constants: where a violation hangs on how constants are rounded, what to write; else empty.
        finished: whether it reached its end; otherwise time ran out, and it is not recorded.
    """

    instances: int = 0
    least_slack: float = math.inf
    unconfirmed: int = 0
    undecided: int = 0
    seconds: float = 0.0
    hit: Any = None
    place: str = ""
    finished: bool = True
    invalid: int = 0
    open: int = 0
    decided: int = 0
    constants: str = ""

    def to_json(self) -> dict[str, Any]:
        """Give it as plain objects, an infinite slack as null."""
        hit = None if self.hit is None else self.hit.to_json()
        least = self.least_slack if math.isfinite(self.least_slack) else None
        return {**vars(self), "hit": hit, "least_slack": least}


class Record:
    """The finished phases of one search; nothing is written where there is no folder."""

    def __init__(
        self, folder: str | Path | None, identity: dict[str, Any], read: Callable[[Any], Any]
    ):
        text = json.dumps(identity, sort_keys=True)
        self.identity, self._read = json.loads(text), read  # as a file gives it back
        name = f"{zlib.crc32(text.encode()):08x}"
        self.path = None if folder is None else Path(folder) / f"falsify_{name}.json"
        self.fields: dict[str, Any] = {"identity": self.identity, "spent": 0.0}
        self.fields |= {"phases": {}, "shrunk": None}
        if self.path is not None and self.path.exists():
            self.fields = self._load(self.path)

    def _load(self, path: Path) -> dict[str, Any]:
        try:
            fields = json.loads(path.read_text())
            known = fields["identity"]
            [self._outcome(row) for row in fields["phases"].values()]
            _ = fields["spent"], fields["shrunk"]
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"checkpoint: {path} cannot be read ({error}); remove it") from error
        if known != self.identity:
            raise ValueError(f"checkpoint: {path} belongs to another search; use another folder")
        return fields

    def _outcome(self, row: dict[str, Any]) -> Outcome:
        hit = None if row["hit"] is None else self._read(row["hit"])
        least = math.inf if row["least_slack"] is None else row["least_slack"]
        return Outcome(**{**row, "hit": hit, "least_slack": least})

    @property
    def spent(self) -> float:
        """Seconds of the search until the last phase that is recorded."""
        return self.fields["spent"]

    def outcome(self, name: str) -> Outcome | None:
        """Give what a phase over a set found, if it is recorded."""
        row = self.fields["phases"].get(name)
        return None if row is None else self._outcome(row)

    def keep(self, name: str, outcome: Outcome, spent: float) -> None:
        """Record a finished phase over a set."""
        self.fields["phases"][name] = outcome.to_json()
        self.fields["spent"] = spent
        self._save()

    def shrunk(self) -> Any:
        """Give the shrunk instance, if it is recorded."""
        found = self.fields["shrunk"]
        return None if found is None else self._read(found)

    def keep_shrunk(self, instance: Any) -> None:
        """Record the shrunk instance."""
        self.fields["shrunk"] = instance.to_json()
        self._save()

    def _save(self) -> None:
        """Replace the file in one step, so that a kill leaves a whole one."""
        if self.path is None:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self.path, json.dumps(self.fields) + "\n")
