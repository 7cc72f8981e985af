"""Indexes of the theorems: by setting, by paper, by assumption."""

import re
from collections.abc import Sequence

from docs.generate.markdown import Lines, linked, table
from docs.generate.outcomes import NEEDED, NOT_NEEDED, UNKNOWN, Outcome, without
from docs.generate.results import Results
from docs.generate.theorem import place, setting_words
from w2sjax.language.claims import Claim
from w2sjax.language.printing import LATEX, statement
from w2sjax.verification.overview import Known

PAPER = re.compile(r"((?:[A-Z][a-z]+, )*[A-Z][a-z]+) \((\d{4})\)[^;]*?(arXiv:\d{4}\.\d{5})")
OTHER = "Without a paper"
MARKS = {NEEDED: "needed", NOT_NEEDED: "not needed", UNKNOWN: "?"}
NOTHING_FOUND = "not found"


def by_setting(claims: Sequence[Claim]) -> str:
    """Write the first page: what there is, and the tree of pages."""
    lines = [
        "# Theorems",
        "",
        f"The {len(claims)} claims of w2sjax, a page each: the formula, what each assumption buys "
        "with the smallest counterexample without it, the proof where there is one, and what "
        "verification counted. Indexes: [in one table](in_one_table.md), [by paper](by_paper.md), "
        "[by assumption](by_assumption.md).",
        "",
    ]
    for setting, group in grouped(claims).items():
        lines += [f"## {_title(setting)}", "", setting_words(group[0].setting)[0], ""]
        lines += table(("claim", "statement"), [_row(claim) for claim in group])
    lines += [*tree("Indexes", ["in_one_table", "by_paper", "by_assumption"])]
    for setting, group in grouped(claims).items():
        # The names are short enough for the side of the page.
        lines += tree(_title(setting), [f"{one.name} <{one.name}>" for one in group])
    return "\n".join(lines)


def in_one_table(every: Sequence[Known]) -> str:
    """Write what `w2sjax list --table` shows."""
    rows = [
        (
            "<br>".join((*_row(known.claim), linked(known.claim.source))),
            "<br>".join(
                f"[{name}](#{place(known.claim, name)}): {outcome}"
                for name, outcome in known.without.items()
            ),
            known.kind,
            known.tightest,
            ", ".join(f"[{name}](../../figures/{name}.png)" for name in known.figures),
        )
        for known in every
    ]
    lines = [
        "# In one table",
        "",
        "What `w2sjax list --table` shows. *Without*: each assumption, and what became of the claim without "
        "it, with the size of the smallest counterexample. *Tightest*: how near to equality the tightest "
        "tested instance comes (1: it is attained), and on which set.",
        "",
    ]
    titles = ("claim", "without", "", "tightest", "figures")
    return "\n".join([*lines, ":::{container} matrix", "", *table(titles, rows), ":::", ""])


def by_paper(claims: Sequence[Claim], results: Results) -> str:
    """Write the index by paper."""
    papers: dict[str, list[Claim]] = {}
    for claim in claims:
        found = PAPER.search(claim.source)
        title = f"{found[1]} ({found[2]}), {found[3]}" if found else OTHER
        papers.setdefault(title, []).append(claim)
    lines = ["# By paper", ""]
    for title in sorted(papers, key=lambda one: (one == OTHER, one)):
        rows = [
            (_link(claim), _within(claim.source), "proved" if results.proof(claim) else "")
            for claim in papers[title]
        ]
        lines += [f"## {linked(title)}", "", *table(("claim", "from", ""), rows)]
    return "\n".join(lines)


def by_assumption(claims: Sequence[Claim], results: Results) -> str:
    """Write the index by assumption: which are needed, with the size of the counterexamples."""
    lines = [
        "# By assumption",
        "",
        "Which assumptions are needed? A cell has the size of the smallest counterexample found "
        "without the assumption, and leads to it. *Not needed*: proved without it. *Not found*: "
        "no counterexample in the search whose budget the claim's page prints. A question mark: "
        "not searched yet. Empty: not assumed.",
        "",
    ]
    for setting, group in grouped(claims).items():
        names = list(dict.fromkeys(name for claim in group for name in claim.droppable))
        if names:
            rows = [
                [_link(c), *(_cell(c, name, results) for name in names)]
                for c in group
                if c.droppable
            ]
            lines += [f"## {_title(setting)}", "", ":::{container} matrix", ""]
            lines += [*table(("claim", *names), rows), ":::", ""]
            lines += [f"* *{name}*: {'; or '.join(_said(group, name))}" for name in names] + [""]
    return "\n".join(lines)


def grouped(claims: Sequence[Claim]) -> dict[str, list[Claim]]:
    """Group claims by their settings."""
    found: dict[str, list[Claim]] = {}
    for claim in claims:
        found.setdefault(claim.setting.name, []).append(claim)
    return found


def tree(caption: str, entries: Sequence[str]) -> Lines:
    """Write what the side of the page lists."""
    return ["```{toctree}", ":hidden:", f":caption: {caption}", "", *entries, "```", ""]


def _within(source: str) -> str:
    """Say where in its paper a claim is from."""
    paper = PAPER.search(source)
    if paper is None:
        return source
    for part in (f"{paper[1]} ({paper[2]}), ", f", {paper[3]}"):
        source = source.replace(part, "")
    return source


def _said(group: Sequence[Claim], name: str) -> list[str]:
    described = (one.description for claim in group for one in claim.assumed(name))
    return list(dict.fromkeys(described))


def _cell(claim: Claim, name: str, results: Results) -> str:
    if name not in claim.droppable:
        return ""
    outcome: Outcome = without(claim, name, results)
    points = outcome.size.partition(",")[0]
    mark = points or MARKS.get(outcome.kind, NOTHING_FOUND)
    return f"[{mark}](#{place(claim, name)})"


def _link(claim: Claim) -> str:
    return f"[`{claim.name}`]({claim.name}.md)"


def _title(setting: str) -> str:
    return setting.replace("_", " ").capitalize()


def _row(claim: Claim) -> tuple[str, str]:
    return _link(claim), f"${statement(claim, LATEX)}$"
