"""What the audits share: their options, and how data that scikit-learn bundles are audited."""

import argparse
import dataclasses
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from experiments._run import parser_of
from w2sjax.auditing import command

OPTIONS: dict[str, dict[str, Any]] = {
    "features": {"choices": ("descriptors", "fingerprints")},
    "set": {"help": "strong class, as for w2sjax audit"},
    "neighbours": {"type": int, "nargs": "+"},
    "bootstrap": {"type": int},
    "split": {"help": "share of the rows to hold out"},
    "seed": {"type": int},
}


def parser_for(default: Any, description: str | None) -> argparse.ArgumentParser:
    """Make a parser whose options are fields of the configuration."""
    parser = parser_of(description)
    for option, how in OPTIONS.items():
        if hasattr(default, option):
            parser.add_argument(f"--{option}", default=getattr(default, option), **how)
    return parser


def audited(
    name: str, default: Any, arrays: Callable[[Any], dict[str, np.ndarray]], unit: str
) -> Callable[[list[str]], int]:
    """Make a program that writes the data of an audit as an NPZ file, and audits it."""

    def main(arguments: list[str]) -> int:
        parser = parser_for(default, sys.modules[arrays.__module__].__doc__)
        parser.add_argument("--out", type=Path, required=True, help="folder for data and report")
        given = vars(parser.parse_args(arguments))
        folder = given.pop("out")
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}.npz"
        values: Any = arrays(dataclasses.replace(default, **given))
        np.savez(path, **values)
        typed = shlex.join(["python", "-m", "experiments", f"audit_{name}", *arguments])
        kept = {"out": folder, "checkpoint": folder / "progress"}
        return command.run(str(path), **given, **kept, unit=unit, typed=typed)

    return main
