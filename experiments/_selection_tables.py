"""Tables that `experiments/selection.py` prints."""

from rich.table import Table

from w2sjax.overlap.bandits import STRATEGIES


def regret_table(rows) -> Table:
    table = Table(title="Regret after all rounds", title_justify="left")
    for name in ("sources", "T", *STRATEGIES, "bound", "sharper"):
        table.add_column(name, justify="left" if name == "sources" else "right")
    last = [row for row in rows if row["rounds"] == row["horizon"]]
    for setting, horizon in dict.fromkeys((row["setting"], row["horizon"]) for row in last):
        chosen = [r for r in last if (r["setting"], r["horizon"]) == (setting, horizon)]
        cells = [f"{row['regret']:.4f} ± {row['stderr']:.4f}" for row in chosen]
        bounds = [f"{chosen[0][name]:.3f}" for name in ("bound", "sharper")]
        table.add_row(setting, f"{horizon:,}", *cells, *bounds)
    return table


def stuck_table(rows, means) -> Table:
    title = f"Sources of density {means[0]} (one point a round) and {means[1]} (constant)"
    table = Table(title=title, title_justify="left")
    for name in ("strategy", "T", "regret", "bound", "on the worse source for good"):
        table.add_column(name, justify="left" if name == "strategy" else "right")
    for row in rows:
        table.add_row(
            row["strategy"],
            f"{row['horizon']:,}",
            f"{row['regret']:.5f} ± {row['stderr']:.5f}",
            f"{row['bound']:.5f}",
            f"{row['stuck']:.1%} ({row['stuck_low']:.1%} to {row['stuck_high']:.1%})",
        )
    table.caption = "For good: more than 99 % of the second half of the rounds; 95 % intervals."
    return table


def student_table(rows) -> Table:
    table = Table(title="Accuracy of the student after all rounds", title_justify="left")
    for name in ("sources", "variance", "reward", *STRATEGIES):
        table.add_column(name, justify="right" if name in STRATEGIES else "left")
    last_look = {row["setting"]: row["points"] for row in rows}  # they ascend
    last = [row for row in rows if row["points"] == last_look[row["setting"]]]
    kinds = ("setting", "variance", "reward")
    for case in dict.fromkeys(tuple(row[kind] for kind in kinds) for row in last):
        chosen = [row for row in last if tuple(row[kind] for kind in kinds) == case]
        cells = [f"{row['accuracy']:.3f} ± {row['stderr']:.3f}" for row in chosen]
        table.add_row(case[0], f"{case[1]:g}", case[2], *cells)
    rates = {
        (row["setting"], row["variance"]): (row["miss"], row["false_positive"]) for row in rows
    }
    table.caption = (
        "Overlap points that the detector misses, and others that it takes for them: "
        + (
            ", ".join(
                f"{miss:.0%} and {wrong:.0%} ({setting}, {variance:g})"
                for (setting, variance), (miss, wrong) in rates.items()
            )
        )
    )
    return table
