"""Tables and JSON: what they hold, and that they hold all of it."""

import json
import math

import pytest
from rich.console import Console

from w2sjax import REGISTRY, SETS
from w2sjax.language.printing import LATEX, UNICODE, statement
from w2sjax.verification.report import (
    claims_markdown,
    claims_text,
    progress_bar,
    sets_table,
    verification_json,
    verification_table,
)
from w2sjax.verification.tally import Verification

PROMISED = """claim set instances holds equal undecided violated least_slack tightness strata seconds
seed dtype device versions failure failure_interval""".split()
LONGEST = max((claim.name for claim in REGISTRY), key=len)
OURS = ["invalid", "least_slack_index", "compile_seconds"]


def verified(claim="misfit_gain", set_="simplex", **changes):
    columns = {"holds": 9, "equal": 5, "undecided": 1, "invalid": 2, "violated": 3}
    record = {
        "claim": claim, "set": set_, "instances": 20, **columns, "least_slack": -0.125,
        "least_slack_index": 7, "tightness": 1.5, "strata": {"weak:near": columns},
        "seconds": 0.5, "compile_seconds": 2.0, "seed": 0, "dtype": "float64",
        "device": "cpu", "versions": {"jax": "0.10"},
    }  # fmt: skip
    return Verification(**(record | changes))


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


def test_table_shows_every_number_in_80_columns():
    rows = [
        verified(instances=20_000, holds=12_345, equal=4_000, undecided=655, violated=3_000),
        verified(set_="l2_ball:2.5", violated=0, undecided=0, invalid=0),
        verified("root_distance_metric", "box:[1,2]", instances=1_000_000, violated=999_999),
        verified(LONGEST, "none", holds=20_000, undecided=0, invalid=0, violated=20_000),
    ]
    text = shown(verification_table(rows))
    assert text.splitlines()[0].strip() == "1,020,040 checks: 1,022,999 violated"
    assert "…" not in text
    lines = [line.split() for line in text.splitlines()]
    assert all(len(line.rstrip()) <= 80 for line in text.splitlines())
    assert ["simplex", "12345", "4000", "657", "(3.29%)", "3000", "-0.12", "1.5000"] in lines
    assert ["l2_ball:2.5", "9", "5", "0", "0", "-0.12", "1.5000"] in lines
    assert any(line[:1] == ["box:[1,2]"] and "999999" in line for line in lines)
    for heading in ("misfit_gain", "root_distance_metric"):
        assert [heading] in lines
    assert [LONGEST, "20000", "5", "0", "20000", "-0.12", "1.5000"] in lines


def test_table_without_violations():
    text = shown(verification_table([verified(violated=0)]))
    assert text.splitlines()[0].strip() == "20 checks"


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
