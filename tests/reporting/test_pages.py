"""Pages: whole HTML without a network, nothing of a user's is markup, numbers that may be 0."""

import pytest
from parsed_pages import HOSTILE, Parsed
from rich.console import Console

from w2sjax.reporting.blocks import (
    BAD,
    FORMULA,
    HEADING,
    Figure,
    Folded,
    Heading,
    Report,
    Row,
    Table,
    Words,
)
from w2sjax.reporting.markdown import blocks
from w2sjax.reporting.numbers import number
from w2sjax.reporting.pages import fragment, page
from w2sjax.reporting.terminal import rendered

REPORT = Report(
    title=HOSTILE,
    summary=HOSTILE,
    blocks=(
        Heading(HOSTILE),
        Words("d(f_sw,j, f*) ≤ 1 of my_claim", FORMULA, formulas=True),
        Words("f_w is a name"),
        Table(
            (HOSTILE, "b"), (Row((HOSTILE,), HEADING), Row(("x", "0.25"), BAD)), HOSTILE, HOSTILE
        ),
        Figure("<svg><path/></svg>", HOSTILE),
        Folded(HOSTILE, (Words("inside"),)),
    ),
    warnings=(HOSTILE,),
    guaranteed=(HOSTILE,),
    command=f"w2sjax audit '{HOSTILE}'",
)


@pytest.mark.parametrize("shown", [page, fragment])
def test_nothing_of_a_users_is_markup(shown):
    parsed = Parsed(shown(REPORT))
    assert parsed.loads() == [] and "img" not in parsed.tags and "script" not in parsed.tags
    assert parsed.text.count(HOSTILE) == (13 if shown is page else 11)
    assert "0.25" in parsed.text and "49" not in parsed.text and parsed.tags.count("svg") == 1


def test_indices_are_lowered_in_formulas_alone():
    text = page(REPORT)
    assert "d(f<sub>sw,j</sub>, f*) ≤ 1 of my_claim" in text and "f_w is a name" in text


def test_a_terminal_shows_what_a_page_unfolded_does():
    console = Console(width=300, no_color=True)
    with console.capture() as capture:
        console.print(rendered(REPORT))
    said = capture.get()
    assert (
        said.count(HOSTILE) == 8 and "0.25" in said and "svg" not in said and "inside" not in said
    )
    assert "Warning: " in said


def test_lines_of_markdown():
    found = blocks(
        ["# Title", "", "| point | f_w |", "| --- | --- |", "| 1 | a b |", "", "Here **1 < 2**.",
         "* both", "    * nested", "  a ≤ b", "![The counterexample](x.png)"]
    )  # fmt: skip
    title, table, *words = found
    assert title == Heading("Title") and isinstance(table, Table)
    assert table.rows == (Row(("1", "a b")),) and table.left == (1,)
    texts = [(one.text, one.kind) for one in words if isinstance(one, Words)]
    assert texts == [
        ("Here 1 < 2.", ""),
        ("both", "item"),
        ("nested", "item"),
        ("a ≤ b", "formula"),
    ]


@pytest.mark.parametrize(
    ("value", "within", "text"),
    [
        (4e-28, 5e-18, "0"), (-3e-10, 4e-10, "0"), (-3e-10, 2e-10, "-3e-10"), (1 / 3, None, "0.3333"),
        (None, 1.0, "-"), (float("nan"), None, "-"), (0.25, None, "0.25"), (float("inf"), 1.0, "inf"),
    ],
)  # fmt: skip
def test_a_number_within_its_own_error_is_0(value, within, text):
    assert number(value, within) == text
