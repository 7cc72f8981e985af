"""A new theorem is one file: dropped into the folder of its setting it works, with no other file touched."""

import json
import textwrap

import pytest
from package_copy import copied, run_in

pytestmark = pytest.mark.xdist_group("new theorems")  # one copy of the package for all

HEAD = '''
"""A theorem that the package does not have."""

from w2sjax import Claim
from w2sjax.language import log, maximum, sqrt
'''
THEOREMS = {
    "projection/loses_epsilon": """
        from w2sjax.settings.projection import CONVEX, EXACT, PROJECTION, best, d, student, target, weak

        CLAIM = Claim(
            title="A student never loses more than the distance of the target",
            source="derived",
            setting=PROJECTION,
            assumptions=(CONVEX, EXACT),
            claim=d(student, target) <= d(weak, target) + d(best, target),
        )
    """,
    "expansion/good_mistakes": """
        from w2sjax.settings.expansion import (
            DIRECTION, EXPANSION, FRAGILE, MEMBERSHIP, MISTAKES, ONE_LABEL, SYMMETRY, WRONG, P, S, T, c,
            expands, good, q,
        )

        CLAIM = Claim(
            title="Mistakes on right labels pay for those on T",
            source="derived",
            setting=EXPANSION,
            assumptions=(expands(MISTAKES, T, good(S)), MEMBERSHIP, ONE_LABEL, SYMMETRY, DIRECTION),
            claim=P(WRONG, T) <= maximum(q, P(WRONG, good(S)) / c) + P(FRAGILE, T),
        )
    """,
    "sampling/two_sided_gap": """
        from fractions import Fraction

        from w2sjax.settings.sampling import BOUNDED, FIRST, IID, SAMPLING, B, delta, gap, n, student

        CLAIM = Claim(
            title="The gap of a sampled student, with a larger logarithm",
            source="derived",
            setting=SAMPLING,
            assumptions=(IID, FIRST, BOUNDED),
            claim=gap(student) <= 4 * B**2 / sqrt(n) + 5 * B**2 * sqrt(log(2 / delta) / (2 * n)),
            false_twin=gap(student) <= B**2 / n,
            failure=Fraction(1, 10),
        )
    """,
    "selection/least_loses_epsilon": """
        from w2sjax.settings.selection import SELECTION, best, d, least, student, target, weak

        CLAIM = Claim(
            title="The best student is not much worse than the best teacher",
            source="derived",
            setting=SELECTION,
            claim=least(d(student, target)) <= least(d(weak, target)) + d(best, target),
        )
    """,
    "bandits/two_tries": """
        from w2sjax.settings.bandits import BANDITS, BOUNDED, INDEPENDENT, K, T, regret

        CLAIM = Claim(
            title="Regret with two tries a source",
            source="derived",
            setting=BANDITS,
            assumptions=(INDEPENDENT, BOUNDED),
            claim=regret <= sqrt(8 * K * log(T) / T) + 2 * K / T,
            false_twin=regret <= 1 / T,
        )
    """,
}
NAMES = [place.split("/")[1] for place in THEOREMS]
DROPPED = {
    "loses_epsilon": ["convexity", "exactness"],
    "good_mistakes": ["membership"],
    "two_tries": ["boundedness"],
}
SCRIPT = """
import json, sys
from pathlib import Path
import jax
jax.config.update("jax_enable_x64", True)
import w2sjax
from w2sjax import Budget
from w2sjax.falsification.counterexample import replay
from w2sjax.falsification.files import write_pages
from w2sjax.verification.report import claims_markdown, claims_text

assert Path(w2sjax.__file__).is_relative_to(Path.cwd())
budget, found = Budget(instances=100, small=400, restarts=2, exact=10, seconds=60), {}
for name, dropped in json.loads(sys.argv[1]).items():
    claim = next(known for known in w2sjax.REGISTRY if known.name == name)
    sets = ["l2_ball"] if claim.over_sets else None
    (verified,) = w2sjax.verify(name, 0, sets=sets, instances=500)
    true = w2sjax.falsify(name, 0, sets=sets, budget=budget)
    twin = w2sjax.falsify(name, 0, sets=sets, twin=True, shrink_seconds=5)
    folder = Path("found") / name
    write_pages([twin], folder)
    files = {path.suffix: path for path in folder.iterdir()}
    found[name] = {
        "listed": name in claims_text() and f"| `{name}` |" in claims_markdown(),
        "refuted": verified.refuted,
        "counts": true.instances,
        "broken": true.found or bool(true.unconfirmed),
        "dropped": {
            drop: w2sjax.falsify(name, 0, drop=drop, sets=sets, budget=budget, shrink_seconds=1).found
            for drop in dropped
        },
        "page": files[".md"].read_text(),
        "picture": ".png" in files,
        "replayed": replay(files[".json"]).counterexample,
        "registered": replay(files[".json"]).registered,
    }
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """Copy the package, add a file for each theorem, and put all of them through everything."""
    home = copied(tmp_path_factory.mktemp("copy"))
    for place, text in THEOREMS.items():
        (home / "w2sjax" / "claims" / f"{place}.py").write_text(HEAD + textwrap.dedent(text))
    asked = json.dumps({name: DROPPED.get(name, []) for name in NAMES})
    return json.loads(run_in(home, "-c", SCRIPT, asked))


@pytest.mark.parametrize("name", NAMES)
def test_a_new_theorem_needs_no_other_file(found, name):
    said = found[name]
    assert said["listed"]
    assert not said["refuted"] and not said["broken"]
    assert said["counts"]["small"] > 0 and said["counts"]["random"] > 0
    assert said["replayed"] and not said["registered"]  # a false twin is no claim of the registry
    assert "two independent programs" in said["page"] and "Claimed: " in said["page"]


def test_what_only_some_settings_have(found):
    assert found["loses_epsilon"]["counts"]["ascent"] > 0
    assert found["good_mistakes"]["counts"]["ascent"] > 0  # a local search
    assert found["loses_epsilon"]["picture"] and found["good_mistakes"]["picture"]
    assert all(all(said["dropped"].values()) for said in found.values())
    assert {name: list(found[name]["dropped"]) for name in DROPPED} == DROPPED
