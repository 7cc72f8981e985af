"""Searches and counterexamples as reports."""

from collections.abc import Mapping, Sequence

from w2sjax.falsification.budget import Falsification
from w2sjax.falsification.counterexample import Counterexample
from w2sjax.falsification.rendering import markdown, variant
from w2sjax.falsification.report import matrix, summary
from w2sjax.reporting.blocks import Block, Figure, Folded, Heading, Report, Words
from w2sjax.reporting.markdown import blocks

FOUND = (
    "A counterexample is exact: every number in it is rational, two independent programs check the "
    "assumptions that are kept and decide both sides, in rationals and enclosures, and agree. "
    "w2sjax replay FILE decides its file again, without JAX."
)
NONE = "A search that finds nothing proves nothing: w2sjax prove decides many claims about projections."


def report_of(found: Counterexample) -> Report:
    """Give a counterexample as a report."""
    claim = found.claim
    title = f"A counterexample: {claim.title_with_drop}{variant(claim)}"
    return Report(title, "", body(found), (), (FOUND,), "", found.versions)


def report(
    results: Sequence[Falsification],
    figures: Mapping[str, Figure] | None = None,
    overview: Figure | None = None,
    command: str = "",
) -> Report:
    """Give searches as a report.

    Args:
        results: one of each statement.
        figures: pictures of counterexamples, by the name of their files.
        overview: what each assumption buys, as a picture.
        command: what was typed.
    """
    figures, found = figures or {}, [one for one in results if one.found]
    guaranteed = (FOUND,) * bool(found) + (NONE,) * (len(found) < len(results))
    shown: list[Block] = []
    for one in results:
        parts = body(one.counterexample, figures.get(one.stem)) if one.counterexample else ()
        line = summary(one)
        if len(results) == 1:
            shown += parts
        else:
            shown.append(Folded(line, parts) if parts else Words(line))
    if len(results) == 1:
        return Report(f"Search for a counterexample: {results[0].claim}", summary(results[0]),
                      tuple(shown), (), guaranteed, command)  # fmt: skip
    table: tuple[Block, ...] = (matrix(results), Heading("Every statement"))
    if overview is not None:
        table = (overview, *table)
    return Report(
        "Search for counterexamples",
        f"{len(found)} of {len(results)} statements have one, confirmed in exact arithmetic.",
        (*table, *shown),
        (),
        guaranteed,
        command,
    )


def body(found: Counterexample, picture: Figure | None = None) -> tuple[Block, ...]:
    """Give a counterexample's page without its heading, and its picture after the instance."""
    parts = blocks(markdown(found).splitlines()[1:])
    if picture is None:
        return parts
    place = next(
        (i for i, one in enumerate(parts) if isinstance(one, Words) and one.text.startswith("Checked")),
        len(parts),
    )  # fmt: skip
    return (*parts[:place], picture, *parts[place:])
