"""Verifications as tables: a line a claim, or a line a set, and what is not fine in sentences."""

import itertools
from collections.abc import Sequence

from w2sjax.reporting.blocks import BAD, HEADING, Row, Table
from w2sjax.reporting.numbers import count, number
from w2sjax.verification.lookup import NO_SET
from w2sjax.verification.tally import Verification

COLUMNS = ("holds", "equal", "undecided", "violated", "least\nslack", "tightness")
WHAT = "least slack: (rhs - lhs)/(|lhs| + |rhs|){}; tightness: lhs/rhs nearest 1"
WIDE = 96  # columns that the table with the sets of the least slack may take


def by_claim(results: Sequence[Verification], *, where: bool = True) -> Table:
    """Fold the sets together, one row a claim; `where` adds the set of the least slack."""
    rows = []
    for name, group in _by_claim(results):
        least = min(group, key=lambda one: one.least_slack)
        cells = (
            name,
            str(sum(one.holds for one in group)),
            str(sum(one.equal for one in group)),
            str(sum(one.undecided + one.invalid for one in group)),
            str(sum(one.violated for one in group)),
            number(least.least_slack, digits=2),
            f"{max(one.tightness for one in group):.4f}",
            "" if least.set == NO_SET else least.set,
        )
        kind = BAD if any(one.refuted for one in group) else ""
        rows.append(Row(cells[: len(cells) if where else -1], kind))
    columns = ("claim", *COLUMNS, *["in the set"] * where)
    what = WHAT.format(", in the set named" if where else "")
    return Table(columns, tuple(rows), title(results), what, left=(0, len(COLUMNS) + 1))


def by_set(results: Sequence[Verification]) -> Table:
    """Lay the results out, claim after claim, one row a set (if it has one); fits 80 columns."""
    rows = []
    for name, group in _by_claim(results):
        if group[0].set != NO_SET:
            rows.append(Row((name,), HEADING))
        rows += [_row(one) for one in group]
    return Table(("claim and set", *COLUMNS), tuple(rows), title(results), WHAT.format(""))


def title(results: Sequence[Verification]) -> str:
    """Say how much was checked and how much of it fails, failures that are allowed apart."""
    total = sum(result.instances for result in results)
    violated = sum(result.violated for result in results if result.failure is None)
    return f"{count(total)} checks" + (f": {count(violated)} violated" if violated else "")


def not_fine(results: Sequence[Verification]) -> list[str]:
    """Say set by set what is violated, and what could not be checked."""
    lines = []
    for one in results:
        of = f"of {count(one.instances)}"
        if one.refuted and one.failure is None:
            least = f"{number(one.least_slack, digits=2)} (instance {one.least_slack_index})"
            lines.append(f"{_label(one)}: {count(one.violated)} {of} violated, least slack {least}")
        if one.invalid:
            why = "a side is not finite, and nothing was checked"
            lines.append(f"{_label(one)}: {count(one.invalid)} {of} invalid: {why}")
    return lines


def chances(results: Sequence[Verification]) -> list[str]:
    """Say how often claims fail that may: on every set that refutes them, else on the worst one."""
    lines = []
    for _, group in _by_claim(results):
        likely = [one for one in group if one.failure_interval is not None]
        worst = sorted(likely, key=lambda one: one.failure_interval or (0, 0))[-1:]
        lines += map(_chance, [one for one in likely if one.refuted] or worst)
    return lines


def _chance(one: Verification) -> str:
    low, high = (number(end, digits=2) for end in one.failure_interval or ())
    chance = f"{low} to {high} (99 % confidence)"
    return f"{_label(one)}: fails with probability {chance}; {one.failure:g} is allowed"


def _label(one: Verification) -> str:
    return one.claim + ("" if one.set == NO_SET else f", {one.set}")


def _by_claim(results: Sequence[Verification]) -> list[tuple[str, list[Verification]]]:
    groups = itertools.groupby(results, key=lambda one: one.claim)
    return [(name, list(group)) for name, group in groups]


def _row(one: Verification) -> Row:
    failed = one.undecided + one.invalid
    share = f" ({100 * failed / one.instances:.2f}%)" if failed else ""
    cells = (
        one.claim if one.set == NO_SET else f"  {one.set}",
        str(one.holds),
        str(one.equal),
        f"{failed}{share}",
        str(one.violated),
        number(one.least_slack, digits=2),
        f"{one.tightness:.4f}",
    )
    return Row(cells, BAD if one.refuted else "")
