"""Resuming: a killed search goes on where it was, and answers what an uninterrupted one does."""

import dataclasses

import jax.numpy as jnp
import pytest
from typer.testing import CliRunner

from w2sjax.cli import app
from w2sjax.falsification.all_claims import falsify_all
from w2sjax.falsification.budget import Budget
from w2sjax.falsification.outcome import Outcome
from w2sjax.falsification.search import falsify
from w2sjax.projecting.sets import L2Ball
from w2sjax.verification.claim_files import find_claims
from w2sjax.verification.lookup import claim_named

SETS = ["simplex", "box", "subspace"]
EXACT = Budget(instances=0, small=120, restarts=0)


class KilledError(Exception):
    """What stops a search in its progress."""


def kill_at(label):
    def progress(seen, done, total):
        if seen.startswith(label) and done < total:
            raise KilledError(seen)

    return progress


def told(seen):
    return lambda label, done, total: seen.append(label)


def without_seconds(answer):
    return dataclasses.replace(answer, seconds={})


def test_a_killed_search_goes_on(tmp_path):
    arguments = {"sets": SETS, "budget": EXACT}
    with pytest.raises(KilledError):
        falsify("misfit_gain", 2, checkpoint=tmp_path, progress=kill_at("subspace"), **arguments)
    seen: list[str] = []
    answer = falsify("misfit_gain", 2, checkpoint=tmp_path, progress=told(seen), **arguments)
    looked = {label for label in seen if label.endswith(": small")}
    assert looked == {"subspace: small"}, "the other sets were done"
    assert without_seconds(answer) == without_seconds(falsify("misfit_gain", 2, **arguments))
    assert answer.instances["small"] == 3 * 120


@pytest.mark.parametrize("label", ["small", "shrink"])
def test_the_counterexample_is_the_same(tmp_path, monkeypatch, label):
    arguments = {"drop": "realizability", "sets": SETS, "budget": EXACT}
    fresh = falsify("misfit_gain", 4, **arguments)
    assert fresh.counterexample is not None

    def killed(*args, **kwargs):
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(
            f"w2sjax.falsification.search.{'phases.small' if label == 'small' else 'shrink'}",
            killed,
        )
        with pytest.raises(KilledError):
            falsify("misfit_gain", 4, checkpoint=tmp_path, **arguments)
    resumed = falsify("misfit_gain", 4, checkpoint=tmp_path, **arguments)
    with monkeypatch.context() as patch:
        patch.setattr("w2sjax.falsification.search.phases.small", killed)
        patch.setattr("w2sjax.falsification.search.shrink", killed)
        again = falsify("misfit_gain", 4, checkpoint=tmp_path, **arguments)
    assert without_seconds(fresh) == without_seconds(resumed) == without_seconds(again)


def test_other_searches_have_their_own_record(tmp_path):
    ball = [L2Ball(jnp.asarray(radius)) for radius in (0.5, 2.0)]
    few, plain = dataclasses.replace(EXACT, small=20), {"sets": ["subspace"]}
    searches = [
        ("misfit_gain", 0, {**plain, "budget": EXACT}),
        ("misfit_gain", 1, {**plain, "budget": EXACT}),
        ("misfit_gain", 0, {**plain, "budget": few}),
        ("misfit_gain", 0, {**plain, "budget": few, "twin": True}),
        ("misfit_gain", 0, {**plain, "budget": few, "drop": "exactness"}),
        ("gain_ceiling", 0, {**plain, "budget": few}),
        ("misfit_gain", 0, {"sets": ball[:1], "budget": few}),
        ("misfit_gain", 0, {"sets": ball[1:], "budget": few}),
        ("misfit_gain", 0, {"sets": ball, "budget": few}),
    ]
    for count, (name, seed, arguments) in enumerate(searches, 1):
        falsify(name, seed, checkpoint=tmp_path, **arguments)
        assert len(list(tmp_path.iterdir())) == count, "a folder for each"


def test_more_seconds_go_on(tmp_path):
    short = Budget(instances=0, small=120, restarts=0, seconds=1e-9)
    first = falsify("misfit_gain", sets=SETS, budget=short, checkpoint=tmp_path)
    assert not first.complete and first.instances["small"] == 0
    then = falsify("misfit_gain", sets=SETS, budget=EXACT, checkpoint=tmp_path)
    assert then.complete and then.instances["small"] == 3 * 120


def test_an_outcome_comes_back():
    for outcome in (Outcome(7, 0.25, 1, 2, 0.5, None, "there"), Outcome()):
        assert Outcome.from_json(outcome.to_json(), dict) == outcome


SOURCE = """
import jax, w2sjax
@w2sjax.claim(draw=lambda key: jax.random.uniform(key, (2,)))
def mine(pair):
    return pair[0], pair[1] + {}
"""


def test_another_text_is_another_claim(tmp_path):
    file, records = tmp_path / "mine.py", tmp_path / "records"
    for number, count in (("1", 1), ("1", 1), ("2", 2)):
        file.write_text(SOURCE.format(number))
        (found,) = find_claims([f"{file}::mine"])
        falsify(found, budget=Budget(0, 10, 0), checkpoint=records)
        assert len(list(records.iterdir())) == count


def test_all_resumes_as_well(tmp_path):
    claims = [claim_named(name) for name in ("misfit_gain", "convex_values")]
    arguments = {"sets": ["subspace"], "budget": dataclasses.replace(EXACT, small=200)}
    count = []

    def progress(label, done, total):
        count.append(label)
        if label == "small exact instances" and done == 4:
            raise KilledError

    with pytest.raises(KilledError):
        falsify_all(claims, 1, checkpoint=tmp_path, progress=progress, **arguments)
    assert len(list(tmp_path.iterdir())) == 4
    seen: list[str] = []
    resumed = falsify_all(claims, 1, checkpoint=tmp_path, progress=told(seen), **arguments)
    every: list[str] = []
    fresh = falsify_all(claims, 1, progress=told(every), **arguments)
    assert seen.count("subspace: small") < every.count("subspace: small")
    assert list(map(without_seconds, resumed)) == list(map(without_seconds, fresh))


def test_the_command_records(tmp_path):
    folder = tmp_path / "record"
    arguments = ["falsify", "misfit_gain", "--drop", "exactness", "--budget", "0", "--set", "box"]
    outputs = [
        CliRunner()
        .invoke(app, [*arguments, "--checkpoint", str(folder)])
        .output.split("found after")
        for _ in range(2)
    ]
    assert outputs[0][0] == outputs[1][0] and len(list(folder.iterdir())) == 1
