"""Sources that are chosen among as a kind of exact instance."""

from w2sjax.falsification.bandits.bandit import bandit_from_json
from w2sjax.falsification.bandits.checker import check_bandit
from w2sjax.falsification.bandits.deciding import decide_bandit
from w2sjax.falsification.bandits.page import page, words
from w2sjax.falsification.bandits.small import small_bandits
from w2sjax.falsification.bandits.steps import cost, steps
from w2sjax.falsification.kind import Kind

KIND = Kind(
    read=bandit_from_json,
    decide=decide_bandit,
    check=lambda statement, bandit, students: check_bandit(statement, bandit),
    small=lambda statement, kind, parameters, seed: small_bandits(statement, seed),
    steps=lambda bandit, statement: steps(bandit),
    cost=cost,
    page=lambda bandit, statement, students: page(bandit, statement),
    words=words,
)
