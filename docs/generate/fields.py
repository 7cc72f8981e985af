"""Files that commands write, field by field, from the dataclasses that they are made of."""

import dataclasses
import importlib
import re
from typing import Any

from docs.generate.markdown import Lines, paragraphs, table
from w2sjax.machine.records import FORMAT
from w2sjax.settings.setting import NAMES, setting_named

# What is written where, and the class whose fields it has.
WRITTEN = (
    ("w2sjax verify --json FILE", "a list", "w2sjax.verification.tally.Verification"),
    ("w2sjax falsify --json FILE", "a list", "w2sjax.falsification.budget.Falsification"),
    (
        "w2sjax falsify --out DIR",
        "a file for each counterexample, which `w2sjax replay` decides again",
        "w2sjax.falsification.counterexample.Counterexample",
    ),
    (
        "w2sjax prove --json FILE, --out DIR",
        "a proof, or a list with `--all`; `w2sjax replay` checks it",
        "w2sjax.proving.proof.Proof",
    ),
    ("w2sjax sharpen --json FILE", "an object", "w2sjax.proving.sharpening.Sharpened"),
    ("w2sjax audit --json FILE", "an object", "w2sjax.auditing.results.Audit"),
    ("w2sjax audit --json FILE: models", "a list in it", "w2sjax.auditing.results.ModelAudit"),
)
RECORDS = (
    "A folder for each piece of work, such as `verify_0123456789abcdef`, named by a digest of what the work "
    "is, and in it a file for each part that is done, of an audit also one for what is under way. A file is "
    "an object of `checksum` (SHA-256 of the text of `record`) and `record`, which has",
    "",
    *table(
        ("field", "type", "meaning"),
        [
            ("`format`", "`str`", f"`{FORMAT}`"),
            (
                "`work`",
                "`dict`",
                "all that the result depends on, versions and program text included",
            ),
            ("`unit`", "`str`", "the part's name"),
            (
                "`value`",
                "",
                "what it came to; an array is `dtype`, `shape` and its bytes as `base64`",
            ),
        ],
    ),
    "",
    "[Go on after a kill](../how_to/interrupted_runs.md) says when a record is used.",
)
ATTRIBUTE = re.compile(r"^    ([\w, ]+): (.*?)(?=^    [\w, ]+: |\Z)", re.DOTALL | re.MULTILINE)


def files() -> str:
    """Write the page."""
    lines = ["# Files and their fields", ""]
    lines += ["JSON; numbers that are not finite are null, rational numbers are text (`-1/2`).", ""]
    for command, what, name in WRITTEN:
        module, _, kind = name.rpartition(".")
        lines += [f"## `{command}`", "", f"{what.capitalize()}.", ""]
        lines += _fields(getattr(importlib.import_module(module), kind))
    lines += ["## `--checkpoint DIR`, and `progress` of experiments", "", *RECORDS, ""]
    lines += ["## Instances of counterexamples", ""]
    lines += ["The field `instance` of a counterexample, by the setting of its claim.", ""]
    for name in NAMES:
        setting = setting_named(name)
        if setting.has("instance"):
            lines += [f"### {name}", "", *_fields(setting.part("instance").Instance)]
    return "\n".join(lines)


def attributes(kind: type) -> dict[str, str]:
    """Read the part `Attributes:` of a docstring."""
    _, _, said = (kind.__doc__ or "").partition("Attributes:\n")
    said = re.sub(r"^    (?=    )", "", said, flags=re.MULTILINE)
    found: dict[str, str] = {}
    for names, meaning in ATTRIBUTE.findall(said):
        found |= {name.strip(): " ".join(meaning.split()) for name in names.split(",")}
    return found


def _fields(kind: Any) -> Lines:
    said = attributes(kind)
    rows = [
        (f"`{one.name}`", f"`{_type(one.type)}`", said.get(one.name, ""))
        for one in dataclasses.fields(kind)
    ]
    first, *rest = paragraphs((kind.__doc__ or "").partition("Attributes:")[0])
    return [first, "", *rest, "", *table(("field", "type", "meaning"), rows)]


def _type(kind: Any) -> str:
    text = kind if isinstance(kind, str) else getattr(kind, "__name__", str(kind))
    text = str(kind) if getattr(kind, "__args__", None) else text
    return re.sub(r"\b(?:\w+\.)+(\w+)", r"\1", text)
