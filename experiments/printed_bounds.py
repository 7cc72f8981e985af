r"""The expansion bounds of Lang et al. (2024) as printed: on which worlds they apply, hold, and are tight.

Theorems 4.1, 4.2, B.1, B.3 and the core lemma are decided in integers on all small worlds, on random
and on evolved ones. A case is a world with one q; the constant c, which the statements leave free,
takes every value: cases are counted by c (up to 1, up to the statement's limit, beyond) and by whether
the expansion hypothesis speaks of any set. Violations are shrunk and confirmed by both exact engines.

Run `python -m experiments printed_bounds [--preset quick|paper] [--seed K] [--out DIR]`.
"""

import dataclasses
import functools
import itertools
from collections.abc import Iterator

import numpy as np

from experiments._bound_tally import MODERATE, NAMES, PRINTED, TITLES, Tally, cells, printed
from experiments._run import Run, Table, experiment, table_of
from w2sjax.falsification.counterexample import Counterexample, about, confirm
from w2sjax.falsification.deciding import decide
from w2sjax.falsification.rendering import markdown
from w2sjax.falsification.shrinking import shrink
from w2sjax.machine.writable import write_whole
from w2sjax.settings.expansion.batch import Batch, Shape, all_batches
from w2sjax.settings.expansion.evolving import evolved, random_batch
from w2sjax.settings.expansion.small import with_constants
from w2sjax.verification.lookup import claim_named


@dataclasses.dataclass(frozen=True)
class Config:
    """What is looked at.

    Attributes:
        enumerated: shapes of which all worlds are taken.
        drawn: random worlds of each of the `shapes`.
        population, generations: of an evolution; the first `evolving` shapes are evolved, and every
            `tallied`-th generation is counted.
        seconds: to shrink a violation.
    """

    enumerated: tuple[Shape, ...]
    drawn: int
    population: int
    generations: int
    seconds: float
    shapes: tuple[Shape, ...] = (
        Shape(5, 1, 3), Shape(6, 1, 2), Shape(6, 2, 3), Shape(7, 2, 2), Shape(8, 3, 3)
    )  # fmt: skip
    evolving: int = 4
    tallied: int = 20


SHOWN = ("cases", "applicable", "violated", "equal")
HARD = 6  # times as many worlds evolve against 4.2 as printed, which is hard to refute
QUICK = (Shape(4, 1, 3), Shape(4, 2, 2), Shape(4, 1, 2, (1, 2)))
PRESETS = {
    "paper": Config(
        enumerated=(*QUICK, Shape(4, 2, 2, (1, 2)), Shape(5, 1, 2), Shape(5, 1, 3)),
        drawn=60_000, population=2000, generations=100, seconds=30.0,
    ),
    "quick": Config(
        enumerated=QUICK, drawn=1_000, population=150, generations=40, seconds=3.0, evolving=2
    ),
}  # fmt: skip


@experiment(PRESETS, width=110)
def main(run: Run) -> list[Table | str]:
    """Decide all cases; write tables and violations; draw; print the summary."""
    config, seed = run.config, run.given.seed
    tally = Tally()
    for source, batch, done, total in batches(config, seed):
        tally.add(source, batch)
        run.progress(source, done, total)
    found = {}
    for name in PRINTED:
        search = functools.partial(smallest, name, seed, config.seconds)
        fields = run.once(name, lambda search=search: search().to_json())
        found[name] = about(claim_named(name).without(MODERATE), fields)
    run.write(data=tally.rows(), points=tally.points())
    for name, counterexample in found.items():
        counterexample.save(run.folder / f"{name}.json")
        write_whole(run.folder / f"{name}.md", markdown(counterexample))
    sides = {name: [one.lhs, one.rhs] for name, one in found.items()}
    run.facts |= {"worlds": tally.worlds, "violations": sides}
    violations = [
        f"{TITLES[name]}: {one.lhs} > {one.rhs} with {one.instance.described()}, {name}.md"
        for name, one in found.items()
    ]
    return [_table(tally), *violations]


def batches(config: Config, seed: int) -> Iterator[tuple[str, Batch, int, int]]:
    """Give every batch of worlds with its source, how many are done, and how many there are."""
    for place, shape in enumerate(config.enumerated, 1):
        for batch in all_batches(shape):
            yield "enumerated", batch, place, len(config.enumerated)
    random = np.random.default_rng(seed)
    for place, shape in enumerate(config.shapes, 1):
        for start in range(0, config.drawn, 10_000):
            size = min(10_000, config.drawn - start)
            batch = random_batch(random, size, shape.points, shape.classifiers, shape.labels)
            yield "random", batch, place, len(config.shapes)
    aims: tuple[tuple[int, ...], ...] = ((0, 1), (2,))
    runs = list(itertools.product(aims, NAMES, config.shapes[: config.evolving]))
    for place, (aim, name, shape) in enumerate(runs, 1):
        hard = HARD if (name, aim) == ("coverage_expansion", (2,)) else 1
        populations = evolved(
            printed(name), seed, hard * config.population, points=shape.points, labels=shape.labels,
            classifiers=shape.classifiers, cells=[cells(name)[i] for i in aim],
            generations=config.generations,
        )  # fmt: skip
        for generation, population in enumerate(populations):
            if generation % config.tallied == 0:
                yield "evolved", population.batch, place, len(runs)


def smallest(name: str, seed: int, seconds: float) -> Counterexample:
    """Find a violation of a theorem as printed, shrink it, and have both engines confirm it."""
    claim = claim_named(name).without(MODERATE)
    points = 5 if name == "coverage_expansion" else 3
    for again in range(100):
        for population in evolved(claim, seed + again, 2000, points=points, cells=[cells(name)[2]]):
            place = int(np.argmin(population.ratings))
            for world in with_constants(population.world(place), claim):
                if decide(claim, world).violated:
                    small = shrink(claim, world, seconds=seconds)
                    answer = confirm(claim, small, f"evolution, seed {seed + again}")
                    assert answer is not None, "the two exact engines disagree"
                    return answer
    raise AssertionError("no violation found: raise the population")


def _table(tally: Tally) -> Table:
    rows, previous = [], None
    for (name, cell, speaks), row in tally.summary().items():
        if row["applicable"] or name != previous:
            counts = (row[key] for key in SHOWN)
            title = "" if name == previous else TITLES[name]
            rows.append((title, cell, speaks, *(f"{count:,}" for count in counts)))
        previous = name
    worlds = ", ".join(f"{count:,} {source}" for source, count in tally.worlds.items())
    caption = f"Worlds: {worlds}. Limits: 2(1 - α) in 4.1, else 1/(1 - α)."
    names = ("statement", "c", "hypothesis")
    title = "Cases by the constant c (all sources)"
    return table_of(title, names + SHOWN, rows, left=names, caption=caption, box=None)
