"""The page of a claim: all that is known of it, from its file and from the results."""

import importlib
import re
from fractions import Fraction

from docs.generate.counterexamples import example, shown
from docs.generate.figures import figures_of
from docs.generate.markdown import Lines, linked, math, paragraphs, slug, table
from docs.generate.outcomes import FLOATING, NEEDED, NOT_NEEDED, Outcome, without
from docs.generate.proofs import proof_lines
from docs.generate.results import Results, Row
from docs.generate.symbols import symbols
from w2sjax.falsification.deciding import decide
from w2sjax.language.claims import Claim
from w2sjax.language.printing import LATEX, abbreviations, formula, statement
from w2sjax.settings.setting import Setting
from w2sjax.verification.lookup import NO_SET

LABEL = re.compile(r"^([A-Z][a-z]+(?: [a-z]+)?\.)(?= )")  # "Setting.", "Reference." in docstrings


def page(claim: Claim, results: Results, names: frozenset[str] = frozenset()) -> str:
    """Write the page of a claim; `names` are those of the claims that have one."""
    lines = [
        *_statement(claim),
        *_words(claim, names),
        *_symbols(claim),
        *_assumptions(claim, results),
        *proof_lines(claim, results),
        *_tight(claim),
        *_twin(claim, results),
        *_verified(claim, results.verified(claim)),
        *_figures(claim),
        *_commands(claim),
    ]
    return "\n".join(lines).rstrip() + "\n"


def place(claim: Claim, drop: str) -> str:
    """Name the place of a page that is about a dropped assumption."""
    return slug(claim.name, "without", drop)


def _statement(claim: Claim) -> Lines:
    lines = [f"# {claim.title}", "", f"`{claim.name}` · {linked(claim.source)}", ""]
    if claim.failure is not None:
        delta = Fraction(claim.failure)
        lines += [
            rf"With probability at least $1 - \delta$ (checked for $\delta = {delta}$):",
            "",
        ]
    lines += math(statement(claim, LATEX))
    meanings = abbreviations(claim, LATEX)
    if meanings:
        lines += ["where", "", *(line for one in meanings for line in math(one))]
    return lines + _given(claim)


def _given(claim: Claim) -> Lines:
    """Write the conditions of a claim; those that are assumptions can be dropped like others."""
    if not claim.conditions:
        return []
    writer = claim.setting.writer(claim)
    rows = [
        formula(one, LATEX, writer) + (rf"\quad\text{{({name})}}" if name else "")
        for name, one in claim.conditions
    ]
    return ["given", "", *math(r"\begin{gathered} " + r" \\ ".join(rows) + r" \end{gathered}")]


def _words(claim: Claim, names: frozenset[str]) -> Lines:
    """Give the docstring of the claim's file."""
    module = importlib.import_module(f"w2sjax.claims.{claim.setting.name}.{claim.name}")
    lines: Lines = []
    for text in paragraphs(module.__doc__):
        text = re.sub(
            r"`(\w+)`", lambda one: f"[{one[0]}]({one[1]}.md)" if one[1] in names else one[0], text
        )
        lines += [LABEL.sub(r"**\1**", linked(text)), ""]
    return lines


def setting_words(setting: Setting) -> Lines:
    """Give the docstring of a setting's vocabulary."""
    return [line for text in paragraphs(setting.vocabulary.__doc__) for line in (text, "")]


def _symbols(claim: Claim) -> Lines:
    rows = [(f"${symbol}$", meaning) for symbol, meaning in symbols(claim)]
    lines = ["## Symbols", "", *setting_words(claim.setting)]
    return lines + (table(("symbol", "meaning"), rows) if rows else [])


def _assumptions(claim: Claim, results: Results) -> Lines:
    lines = ["## Assumptions, and what each buys", ""]
    if not claim.droppable:
        return [*lines, "None: it holds of all instances of its setting.", ""]
    rows, parts, spent = [], [], []
    for drop in claim.droppable:
        outcome = without(claim, drop, results)
        said = "; ".join(one.description for one in claim.assumed(drop))
        rows.append((f"[{drop}](#{place(claim, drop)})", said, outcome.text))
        spent += [budget(outcome.search.row)] if outcome.search.row else []
        parts += [f"({place(claim, drop)})=", f"### Without {drop}", "", *_outcome(outcome)]
    lines += table(("assumption", "says", "without it"), rows)
    return [*lines, *(f"{one}\n" for one in dict.fromkeys(spent)), *parts]


def _outcome(outcome: Outcome) -> Lines:
    search = outcome.search
    if outcome.kind == NEEDED and search.counterexample is not None:
        lines = ["The statement fails. The smallest counterexample that was found:", ""]
        return [*lines, *example(search)]
    if outcome.kind == NOT_NEEDED:
        return ["Not needed: the statement is proved without it.", ""]
    if search.row is None:
        command = f"`python -m docs --refresh {search.claim.name}`"
        return [f"Not searched yet; {command} does.", ""]
    counts = [f"{count:,} {name}" for name, count in search.row["counts"].items() if count]
    looked = ", ".join(counts) or "no"
    verdict = "No counterexample was found"
    if outcome.kind == FLOATING:
        verdict = f"Violated {search.row['unconfirmed']:,} times in floating point, not exactly"
    notes = f" ({search.row['note']})" if search.row["note"] else ""
    end = "" if search.row["complete"] else "; time ran out"
    return [f"{verdict}{notes}, in {looked} instances{end}.", ""]


def budget(row: Row) -> str:
    """Say with what a search was made."""
    spent = row["budget"]
    return (
        f"Searched with {spent['small']:,} small exact instances, {spent['instances']:,} random ones "
        f"and {spent['restarts']} restarts of the ascent a set, {spent['seconds']:g} s at most, "
        f"seed {row['seed']}, w2sjax {row['version']}."
    )


def _tight(claim: Claim) -> Lines:
    if claim.tight is None:
        return []
    found = decide(claim, claim.tight)
    sides = f"Both sides are ${found.lhs}$" if found.lhs == found.rhs else "Both sides are equal"
    return ["## Where it is tight", "", f"{sides} here:", "", *shown(claim, claim.tight, found)]


def _twin(claim: Claim, results: Results) -> Lines:
    try:
        search = results.search(claim, twin=True)
    except ValueError:  # none is stated, and none is found
        return []
    lines = ["## A stronger statement that is false", ""]
    lines += ["A check that cannot fail is none: the search has to refute this.", ""]
    lines += math(statement(search.claim, LATEX))
    if search.row is None:
        return [*lines, "Not searched yet.", ""]
    if search.counterexample is not None:
        lines += example(search)
    elif search.row["unconfirmed"]:
        lines += [f"It is violated {search.row['unconfirmed']:,} times in floating point.", ""]
    else:
        lines += ["No counterexample was found.", ""]
    return [*lines, budget(search.row), ""]


def _verified(claim: Claim, rows: list[Row]) -> Lines:
    lines = ["## Verified on random instances", ""]
    if not rows:
        return [*lines, f"Not verified yet; `python -m docs --refresh {claim.name}` does.", ""]
    counts = ("holds", "equal", "undecided", "violated")
    cells = [
        [
            "" if row["set"] == NO_SET else f"`{row['set']}`",
            *(f"{_count(row, n):,}" for n in counts),
        ]
        + [_number(row["least_slack"], ".2g"), _number(row["tightness"], ".4f")]
        for row in rows
    ]
    lines += table(("set", *counts, "least slack", "tightness"), cells)
    if claim.failure is not None:
        lines += [*_failures(claim, rows)]
    first = rows[0]
    lines += [
        f"Counted on {first['instances']:,} instances for each set, seed {first['seed']}, "
        f"w2sjax {first['version']}, jax {first['jax']}. Least slack: the smallest "
        "(rhs − lhs)/(|lhs| + |rhs|), 0 where it is within the tolerance; "
        "tightness: the lhs/rhs closest to 1.",
        "",
    ]
    return lines


def _count(row: Row, name: str) -> int:
    return row["undecided"] + row["invalid"] if name == "undecided" else row[name]


def _number(value: float | None, form: str) -> str:
    return "" if value is None else format(value, form)


def _failures(claim: Claim, rows: list[Row]) -> Lines:
    lines = []
    for row in rows:
        low, high = row["failure_interval"]
        chance = f"between {low:.2g} and {high:.2g} (99 % confidence)"
        over = "" if row["set"] == NO_SET else f" over `{row['set']}`"
        lines += [f"It fails with probability {chance}{over}; {claim.failure} is allowed.", ""]
    return lines


def _figures(claim: Claim) -> Lines:
    lines: Lines = []
    for figure in figures_of(claim):
        lines += [f"![{figure.caption}](../../figures/{figure.file})", "", figure.caption]
        lines += [f"`python -m experiments {figure.experiment}` draws it.", ""]
    return ["## Where it is seen", "", *lines] if lines else []


def _commands(claim: Claim) -> Lines:
    lines = ["## Do it yourself", "", "```bash", f"w2sjax verify {claim.name}"]
    drop = claim.droppable[0] if claim.droppable else None
    named = drop if drop is None or " " not in drop else f'"{drop}"'
    lines += [f"w2sjax falsify {claim.name} --drop {named}"] if named else []
    lines += [f"w2sjax falsify {claim.name} --twin"]
    lines += [f"w2sjax prove {claim.name}"] if claim.setting.name == "projection" else []
    return [*lines, "```", ""]
