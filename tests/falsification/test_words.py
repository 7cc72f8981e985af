"""The names of the distances: the same in both engines, in a user's check, and on a page."""

import pytest
from falsification_samples import problems

from w2sjax.falsification.projection.distances import DISTANCES, FUNCTIONS, written
from w2sjax.falsification.projection.quantities import Quantities
from w2sjax.falsification.projection.symbolic import NAMES
from w2sjax.falsification.rendering import formula
from w2sjax.falsification.statements import STATEMENTS


@pytest.mark.parametrize("name", DISTANCES)
def test_a_named_distance_is_the_one_of_its_functions(name):
    statement = STATEMENTS["gain_identity"]
    values = set()
    for problem in problems(statement, "simplex", 10):
        quantities = Quantities(problem, statement, 64)
        assert quantities[name] == quantities.between(*DISTANCES[name])
        values.add(str(quantities[name]))
    assert len(values) > 2 and NAMES[frozenset(DISTANCES[name])] == name


def test_functions_have_different_letters():
    assert len(set(FUNCTIONS.values())) == len(FUNCTIONS)
    assert written("combination", "target") == "d(h, f*)"


@pytest.mark.parametrize(
    ("claim", "expected"),
    {
        "root_distance_metric": "√d(f_w, f*) ≤ √d(f_w, h) + √d(h, f*)",
        "convex_values": "d(u, v) + d(h, g) ≤ d(u, v)",
        "sharpened_gain": "d(f, f*) ≤ d(f_w, f*) - d(f, f_w) + 2 γ(f) + 2 √(ε d(f, f_w))",
        "sampled_gap": "with probability at least 1 - δ, γ(f) ≤ 4 B²/√n + 5 B² √(log(1/δ)/(2n))",
    }.items(),
)
def test_claims_in_the_letters_of_the_papers(claim, expected):
    assert formula(STATEMENTS[claim]) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("d(target,other)*weak_error", "d(f*, v) d(f_w, f*)"),
        ("root(2*epsilon*weak_error)", "√(2 ε d(f_w, f*))"),
        ("misfit^2*d(best,mixed)^12", "d(f, f_w)² d(f_s, g)¹²"),
    ],
)
def test_products_keep_the_star_of_the_target(text, expected):
    statement = STATEMENTS["gain_identity"].changed(lhs={text: 1})
    assert formula(statement).startswith(f"d(f_w, f*) - d(f, f*) + {expected} = ")
