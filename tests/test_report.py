"""Tables and JSON: what they hold, and that they hold all of it."""

import json
import math

import pytest
from rich.console import Console
from verifications import verified

from w2sjax import REGISTRY, SETS
from w2sjax.language.printing import LATEX, UNICODE, statement
from w2sjax.verification.report import (
    claims_markdown,
    claims_text,
    progress_bar,
    sets_table,
    verification_json,
)

PROMISED = """claim set instances holds equal undecided violated least_slack tightness strata seconds
seed dtype device versions failure failure_interval""".split()
OURS = ["invalid", "least_slack_index", "compile_seconds"]


def shown(renderable, width=80):
    console = Console(width=width, no_color=True)
    with console.capture() as capture:
        console.print(renderable)
    return capture.get()


def test_json_has_what_was_promised():
    (row,) = verification_json([verified()])
    assert set(row) == {*PROMISED, *OURS}
    assert json.loads(json.dumps(row, allow_nan=False)) == row
    assert row["strata"]["weak:near"]["violated"] == 3


def test_json_has_null_for_what_is_no_number():
    """Where every instance is invalid nothing is least."""
    row = verified(least_slack=math.inf, tightness=-math.inf, seed=None)
    (row,) = json.loads(json.dumps(verification_json([row]), allow_nan=False))
    assert row["least_slack"] is row["tightness"] is row["seed"] is None
    assert row["instances"] == 20


def test_claims_and_sets_are_listed():
    text = shown(claims_text(), width=400)
    sets = shown(sets_table())
    markdown = claims_markdown().splitlines()
    assert len(markdown) == len(REGISTRY) + 2
    for claim, row in zip(REGISTRY, markdown[2:], strict=True):
        for part in (claim.name, claim.title, statement(claim, UNICODE), claim.source):
            assert part in text
        formula = statement(claim, LATEX).replace("|", r"\|")
        assert row.startswith(f"| `{claim.name}` | ${formula}$ | {claim.source} | ")
        for assumption in claim.assumptions:
            assert f"--drop '{assumption.name}': " in text and assumption.description in text
            assert assumption.name in row
    for name, kind in SETS.items():
        assert name in sets and kind.parameters in sets


def test_progress_is_silent_where_nobody_looks(capsys):
    with progress_bar() as progress:
        for done in (1, 2):
            progress("subspace: 2 claims", done, 2)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("name", SETS)
def test_what_follows_the_colon_is_not_markup(name):
    """Square brackets in a parameter's description are shown."""
    assert SETS[name].parameters.count("[") == shown(sets_table()).split(f" {name} ")[1].split(
        "\n"
    )[0].count("[")
