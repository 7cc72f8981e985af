"""What the audits of scikit-learn's bundled data share: their options, and the files they write."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from experiments._run import parser_of
from w2sjax.auditing import command

OPTIONS: dict[str, dict[str, Any]] = {
    "set": {"help": "strong class, as for w2sjax audit"},
    "neighbours": {"type": int, "nargs": "+"},
    "bootstrap": {"type": int},
    "split": {"help": "share of the rows to hold out"},
    "seed": {"type": int},
}


def audited(
    name: str,
    description: str | None,
    default: Any,
    arrays: Callable[[Any], dict[str, np.ndarray]],
    arguments: list[str] | None,
    unit: str,
) -> int:
    """Write the data of an audit as an NPZ file and audit it; the options are the default's."""
    parser = parser_of(description)
    parser.add_argument("--out", type=Path, required=True, help="folder for data and report")
    for option, how in OPTIONS.items():
        if hasattr(default, option):
            parser.add_argument(f"--{option}", default=getattr(default, option), **how)
    given = vars(parser.parse_args(arguments))
    folder = given.pop("out")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.npz"
    values: Any = arrays(dataclasses.replace(default, **given))
    np.savez(path, **values)
    return command.run(str(path), **given, out=folder, unit=unit)
