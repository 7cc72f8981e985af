"""Tables that `experiments/selection.py` prints."""

from rich.table import Table

from experiments._run import grouped, table_of
from w2sjax.overlap.bandits import STRATEGIES

STUCK = {
    "strategy": "{strategy}",
    "T": "{horizon:,}",
    "regret": "{regret:.5f} ± {stderr:.5f}",
    "bound": "{bound:.5f}",
    "on the worse source for good": "{stuck:.1%} ({stuck_low:.1%} to {stuck_high:.1%})",
}


def regret_table(rows) -> Table:
    shown = []
    last = [row for row in rows if row["rounds"] == row["horizon"]]
    for case, chosen in grouped(last, "setting", "horizon"):
        cells = [f"{row['regret']:.4f} ± {row['stderr']:.4f}" for row in chosen]
        bounds = [f"{chosen[0][name]:.3f}" for name in ("bound", "sharper")]
        shown.append((case[0], f"{case[1]:,}", *cells, *bounds))
    columns = ("sources", "T", *STRATEGIES, "bound", "sharper")
    return table_of("Regret after all rounds", columns, shown)


def stuck_table(rows, means) -> Table:
    title = f"Sources of density {means[0]} (one point a round) and {means[1]} (constant)"
    caption = "For good: more than 99 % of the second half of the rounds; 95 % intervals."
    return table_of(title, STUCK, rows, caption=caption)


def student_table(rows) -> Table:
    last_look = {row["setting"]: row["points"] for row in rows}  # they ascend
    last = [row for row in rows if row["points"] == last_look[row["setting"]]]
    shown = []
    for case, chosen in grouped(last, "setting", "variance", "reward"):
        cells = [f"{row['accuracy']:.3f} ± {row['stderr']:.3f}" for row in chosen]
        shown.append((case[0], f"{case[1]:g}", case[2], *cells))
    rates = {
        (row["setting"], row["variance"]): (row["miss"], row["false_positive"]) for row in rows
    }
    caption = ", ".join(
        f"{miss:.0%} and {wrong:.0%} ({setting}, {variance:g})"
        for (setting, variance), (miss, wrong) in rates.items()
    )
    names = ("sources", "variance", "reward")
    return table_of(
        "Accuracy of the student after all rounds",
        (*names, *STRATEGIES),
        shown,
        left=names,
        caption=f"Overlap points that the detector misses, and others that it takes for them: {caption}",
    )
