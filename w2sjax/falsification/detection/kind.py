"""Detected points as a kind of exact instance."""

from w2sjax.falsification.detection.checker import check_experiment
from w2sjax.falsification.detection.deciding import decide_experiment
from w2sjax.falsification.detection.experiment import experiment_from_json
from w2sjax.falsification.detection.page import page, words
from w2sjax.falsification.detection.small import small_experiments
from w2sjax.falsification.detection.steps import cost, steps
from w2sjax.falsification.kind import Kind

KIND = Kind(
    read=experiment_from_json,
    decide=decide_experiment,
    check=lambda statement, experiment, students: check_experiment(statement, experiment),
    small=lambda statement, kind, parameters, seed: small_experiments(statement, seed),
    steps=lambda experiment, statement: steps(experiment),
    cost=cost,
    page=lambda experiment, statement, students: page(experiment, statement),
    words=words,
)
