"""The page of bad input: what every command and function says of it."""

import itertools
from collections.abc import Iterable, Iterator, Sequence

from docs.generate import bad_files, bad_usage
from docs.generate.markdown import Lines, table
from w2sjax.auditing.checks import one_line

Answer = tuple[str, str]  # who says what

BEGIN = """# Bad input

A test gives all of this to the commands. Each says one line, `error: ` and what stands here, on the standard
error stream, ends with exit code 2, and leaves what it has written before as it was. Options of no such type
(`--instances many`) are answered by the usage, with the same exit code. From Python the line is that of a
`ValueError`; for data it is a `DataError`.

## Data

Said by `w2sjax audit`, with or without `--split`, `--bootstrap`, `--neighbours` and `--loss`, by
`w2sjax.load` and, for classifiers, `w2sjax.load_classifiers`, in all formats that can hold the fault; FILE is
what was given. A CSV file that is cut may end in any row, so this cannot be told. Weights that are zero all
over a shard are no fault: its rows do not count.
"""
CALLS = """
## Calls from Python

`x` has 12 rows and 3 columns, `y` 12 numbers, `chances` 12 in [0, 1]; `strong` is an affine class over `x`.
"""


def bad_input() -> str:
    """Write the page."""
    lines = BEGIN.splitlines()
    for headings, answers in _together(_by_fault()):
        lines += ["", f"### {'; '.join(headings)}", "", *_table("audit", answers)]
    return "\n".join([*lines, *_commands(), *_calls(), ""])


def _by_fault() -> Iterator[tuple[str, list[Answer]]]:
    """Give each fault with its answers, each once, by whom it is said."""
    for fault, rows in itertools.groupby(bad_files.tried(), lambda row: row[0]):
        told = [(kind, form, line) for _, kind, form, line in rows if line is not None]
        yield (
            fault[0].upper() + fault[1:],
            [
                (_who([(kind, form) for kind, form, said in told if said == line]), line)
                for line in dict.fromkeys(line for *_, line in told)
            ],
        )


def _who(pairs: Sequence[tuple[str, str]]) -> str:
    """Say which formats, of which kinds of audit where it is not all of them."""
    forms = {kind: [form for its, form in pairs if its == kind] for kind, _ in pairs}
    groups: dict[tuple[str, ...], list[str]] = {}
    for kind, its in forms.items():
        groups.setdefault(tuple(its), []).append(kind)
    usual = {"regression", "classifiers"}
    return "; ".join(
        ("" if usual <= set(kinds) else f"{' and '.join(kinds)}: ") + ", ".join(its)
        for its, kinds in groups.items()
    )


def _together(
    faults: Iterable[tuple[str, list[Answer]]],
) -> Iterator[tuple[list[str], list[Answer]]]:
    """Put faults under one heading that are answered in the same way."""
    for answers, group in itertools.groupby(faults, lambda fault: fault[1]):
        first, *others = [heading for heading, _ in group]
        yield [first, *(other[0].lower() + other[1:] for other in others)], answers


def _table(who: str, answers: Iterable[Answer]) -> Lines:
    return table((who, "answer"), [(name, _code(line)) for name, line in answers])


def _code(line: str) -> str:
    return f"`{one_line(line)}`"


def _commands() -> Iterator[str]:
    for heading, rows in itertools.groupby(bad_usage.typed(), lambda row: row[0]):
        yield from ("", f"## {heading}", "")
        cells = []
        for _, commands, options, lines in rows:
            for line in dict.fromkeys(lines):
                saying = [c for c, said in zip(commands, lines, strict=True) if said == line]
                cells.append(
                    (
                        ", ".join(f"`{one}`" for one in saying),
                        f"`{options}`" if options else "",
                        _code(line),
                    )
                )
        yield from table(("command", "with", "answer"), cells)


def _calls() -> Lines:
    found = [(f"`{call}`", line) for call, line in bad_usage.called()]
    return [CALLS, *_table("call", found)]
