"""All claims in one table: what is shipped is what the results say, and what has changed is not claimed."""

import dataclasses
import json
from unittest import mock

from rich.cells import cell_len
from rich.console import Console
from typer.testing import CliRunner

from docs.generate.indexes import in_one_table
from docs.generate.outcomes import record
from docs.generate.results import Results
from docs.places import RESULTS
from w2sjax import REGISTRY, cli
from w2sjax.verification import overview


def test_the_record_is_what_the_results_say():
    """Made by `python -m docs --refresh --only record`; proofs are checked again on the way."""
    assert json.loads(overview.RECORD.read_text()) == record(REGISTRY, Results(RESULTS))


def test_the_table_of_a_terminal():
    with mock.patch.object(cli, "_console", Console(width=100)):
        done = CliRunner().invoke(cli.app, ["list", "--table"])
    assert done.exit_code == 0 and not done.stderr
    lines = done.stdout.splitlines()
    assert max(map(cell_len, lines)) <= 100 and "…" not in done.stdout
    words = done.stdout.split()
    for claim in REGISTRY:
        assert claim.name in words
    (start,) = (n for n, line in enumerate(lines) if line.split()[:1] == ["misfit_gain"])
    block = " ".join(" ".join(line.split()) for line in lines[start : start + 4])
    assert "proved" in block and "convexity: needed, 1 point" in block
    assert "tightest 1," in block and "d(f_sw, f*) ≤ d(f_w, f*) - d(f_sw, f_w)" in block


def test_of_a_claim_that_has_changed_nothing_is_known():
    one = next(claim for claim in REGISTRY if claim.name == "misfit_gain")
    changed = dataclasses.replace(one, claim=one.false_twin)
    with mock.patch.object(overview, "REGISTRY", (one, changed)):
        known, unknown = overview.overview()
    assert known.kind == "proved" and set(known.without) == set(one.droppable)
    assert unknown.kind == unknown.tightest == "?" and not unknown.figures
    assert unknown.without == dict.fromkeys(one.droppable, "?")


def test_the_documentation_shows_the_same():
    rows = overview.overview()
    text = in_one_table(rows)
    lines = [line for line in text.splitlines() if line.startswith("| [`")]
    assert len(lines) == len(rows) == len(REGISTRY)
    for line, known in zip(lines, rows, strict=True):
        assert line.startswith(f"| [`{known.claim.name}`]({known.claim.name}.md)")
        assert all(f"): {outcome}" in line for outcome in known.without.values())
