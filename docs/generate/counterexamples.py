"""A counterexample on a page: numbers, picture, how it was checked, the file to replay."""

from typing import Any

from docs.generate.markdown import Lines
from docs.generate.pictures import picture_of, relative
from docs.generate.results import Search, stem
from w2sjax.falsification.rendering import sides
from w2sjax.language.claims import Claim

FILES = "../results/counterexamples"  # as seen from a theorem's page


def example(search: Search) -> Lines:
    """Write a counterexample that a search found."""
    found = search.counterexample
    assert found is not None
    claim = found.claim
    here = "It fails with probability" if claim.failure else "The sides are"
    lines = [f"{here} **{sides(claim, found.lhs, found.rhs)}**.", ""]
    lines += shown(claim, found.instance, found)
    picture = picture_of(found)
    if picture is not None:
        lines += [f"![The counterexample]({relative(picture)}){{.counterexample}}", ""]
    name = f"{stem(claim)}.json"
    lines += [f"`w2sjax replay` decides it again from {{download}}`{name} <{FILES}/{name}>`.", ""]
    checks = [f"* {name}: {note}" for name, note in found.checks.items()]
    if checks:
        title = "Checked in exact arithmetic by two independent programs"
        lines += [f"<details><summary>{title}</summary>", "", *checks, "", "</details>", ""]
    return lines


def shown(claim: Claim, instance: Any, decided: Any) -> Lines:
    """Write an instance as its setting does."""
    rows = claim.setting.part("page").page(instance, claim, decided.evidence)
    lines: Lines = []
    for row in rows:
        # Lines of text are paragraphs; those of a table stay together.
        lines += [row] if row.startswith("|") else ["", row] if row else []
    return [*lines, ""]
