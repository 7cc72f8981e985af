"""A choice among sources as lines of Markdown, and its quantities in words."""

from w2sjax.falsification.bandits.bandit import Bandit, Source
from w2sjax.falsification.statement import Statement

WORDS = {
    "regret": "o_max - E[Σ o_π(t)] / T",
    "exploration": "√(8K log T / T)",
    "tries": "K/T",
    "unlucky": "2K/T³",
    "point": "1/T",
    "short": "P(o_max - Σ X_t / T > √(8K log T / T) + K/T + √(log(1/δ') / (2T)))",
    "short_of_chance": "P(o_max - Σ X_t / T > √(log(1/δ') / (2T)))",
    "delta": "δ",
}


def page(bandit: Bandit, statement: Statement) -> list[str]:
    """Give the sources as a table and sentences."""
    places = range(1, bandit.sources + 1)
    titles = ["scenario", "probability", *(f"source {k}" for k in places)]
    lines = ["| " + " | ".join(titles) + " |", "|" + " --- |" * len(titles)]
    for i, scenario in enumerate(bandit.scenarios):
        cells = [str(i + 1), str(scenario.probability), *map(_pays, scenario.sources)]
        lines.append("| " + " | ".join(cells) + " |")
    densities = [str(o) for o in bandit.densities()]
    lines.append("| " + " | ".join(["all", "1", *(f"mean {o}" for o in densities)]) + " |")
    rule = "each source once, then the largest index ô + √(2 log T / n), the first among equals"
    lines += ["", f"T = {bandit.horizon} rounds: {rule}."]
    if len(bandit.scenarios) > 1:
        lines.append(
            "The scenario is drawn once, before the first round, and nobody is told which."
        )
    if "delta" in statement.quantities():
        lines.append(f"δ = {bandit.failure}, δ' = δ - 2K/T³ = {bandit.failure - bandit.unlucky}.")
    return lines


def _pays(source: Source) -> str:
    if len(source) == 1:
        return f"pays {source[0][1]} every time"
    return "pays " + ", ".join(f"{value} with probability {share}" for share, value in source)


def words(statement: Statement) -> dict[str, str]:
    """Name the quantities as in the claims."""
    del statement
    return WORDS
