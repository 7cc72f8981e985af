"""Populations that are sampled as a kind of exact instance."""

from w2sjax.falsification.kind import Kind
from w2sjax.falsification.sampling.checker import check_population
from w2sjax.falsification.sampling.deciding import decide_population
from w2sjax.falsification.sampling.page import page, words
from w2sjax.falsification.sampling.population import population_from_json
from w2sjax.falsification.sampling.small import small_populations
from w2sjax.falsification.sampling.steps import cost, steps

KIND = Kind(
    read=population_from_json,
    decide=decide_population,
    check=lambda statement, population, students: check_population(statement, population),
    small=small_populations,
    steps=steps,
    cost=cost,
    page=page,
    words=words,
    likely=True,
)
