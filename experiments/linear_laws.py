r"""Laws of linear students, with simulated students on their curves.

A step along a teacher, delta learning's criterion and where the logistic loss departs from it, delta learning
in high dimension, the limit of random-feature students, inherited variance, the performance gap recovered.

Run `python -m experiments linear_laws [--preset quick|paper] [--seed S] [--out DIR]`.
"""

import dataclasses

import numpy as np

from experiments import _student_points as students
from experiments import _teacher_points as teachers
from experiments._run import Run, Table, experiment, grouped, table_of


@dataclasses.dataclass(frozen=True)
class Config:
    """Sizes of the simulations."""

    samples: int = 400_000
    steps: tuple[float, ...] = (0.1, 0.2, 0.4, 0.6, 0.8, 1.0, 1.25, 1.5, 1.75, 2.0)
    triples: int = 400
    lengths: tuple[float, ...] = (1.0, 8.0)  # of the student, for the logistic loss
    draws: int = 20_000
    dimensions: tuple[int, ...] = (4, 8, 16, 32, 64, 128, 256, 512, 1024)
    feature_worlds: int = 30
    pairs: int = 1000
    sizes: tuple[int, ...] = (12, 16, 24, 40, 80, 160, 320)
    problems: int = 100


QUICK = Config(
    samples=20_000, triples=150, draws=1000, dimensions=(4, 8, 16, 32, 64, 128, 256),
    feature_worlds=4, pairs=200, problems=30,
)  # fmt: skip
PRESETS = {"quick": QUICK, "paper": Config()}


@experiment(PRESETS)
def main(run: Run) -> tuple[Table, ...]:
    """Simulate, write data, draw, print."""
    config, source = run.config, np.random.default_rng(run.given.seed)
    stages = {
        "steps": lambda: teachers.stepped(source, config.samples, config.steps),
        "slopes": lambda: teachers.slopes(source, config.samples, config.triples, config.lengths),
        "dimensions": lambda: teachers.in_dimensions(source, config.draws, config.dimensions),
        "features": lambda: students.random_features(source, config.feature_worlds),
        "limits": lambda: students.feature_limits(np.linspace(0.01, 0.99, 50)),
        "variances": lambda: students.variances(source, config.pairs, config.sizes),
        "recovered": lambda: students.recovered(source, config.problems),
    }
    found = {}
    for done, (name, stage) in enumerate(stages.items(), 1):
        with run.timed(name):
            found[name] = list(stage())
        run.progress("laws", done, len(stages))
    run.write(**found)
    return _signs(found["slopes"]), _laws(found)


def _signs(rows) -> Table:
    shown = []
    for (length,), group in grouped(rows, "length"):
        product = np.array([row["criterion"] * row["slope"] for row in group])
        loss = f"logistic, length {length:g}" if length else "linear"
        shown.append((loss, f"{np.sum(product < 0)} of {product.size}"))
    return table_of(
        "Delta learning: triples where the criterion's sign is wrong (linear: by sampling alone)",
        ("loss", "wrong"),
        shown,
    )


def _laws(found) -> Table:
    """Say how far simulated students are from each law."""
    far = max(abs(row["measured"] - row["law"]) for row in found["steps"])
    variance = max(
        abs(row["variance"] - row["law"]) / row["variance_stderr"] for row in found["variances"]
    )
    above = min(row["student"] - row["limit"] for row in found["features"])
    share = round(min(row["recovered"] - row["bound"] for row in found["recovered"]), 12) + 0.0
    quantile = min(row["quantile"] - row["bound"] for row in found["dimensions"])
    return table_of(
        "Simulated students and the laws",
        ("law", "measured"),
        [
            ("a step along a teacher", f"cosines at most {far:.4f} off"),
            (
                "delta learning in dimension d",
                f"10 % quantile at least {quantile:.4f} above the bound",
            ),
            ("random-feature students", f"errors at least {above:.1e} above the limit"),
            ("inherited variance", f"at most {variance:.1f} standard errors off"),
            ("performance gap recovered", f"at least {share:.1e} above the misfit's share"),
        ],
    )
