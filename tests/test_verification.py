"""`verify` counts every instance once, however the work is cut, and says when it cannot."""

import dataclasses
import functools
import json
from types import SimpleNamespace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import w2sjax
from w2sjax import Assumption, Claim, Inequality, Verdict, Verification, verify
from w2sjax.arithmetic.measured import exactly, measured
from w2sjax.arithmetic.rounding import Rounded
from w2sjax.language.terms import quantity
from w2sjax.projecting.sets import L2Ball
from w2sjax.settings.random_instances import compared, prepare
from w2sjax.verification.lookup import claim_named
from w2sjax.verification.tally import COLUMNS
from w2sjax.verification.verifying import BLOCK, instance


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Toy:
    """Two sides and a tolerance: an instance that costs nothing."""

    sides: Any
    tolerance: Any
    strata: Any


def draw(key, variant):
    """All verdicts happen; a set's radius, if there is one, shifts the left side."""
    sides = jax.random.uniform(key, (4,), jnp.float64)
    kind = jnp.floor(3 * sides[3]).astype(jnp.int32)
    tolerance = jnp.where(sides[2] < 0.1, jnp.nan, jnp.where(sides[2] < 0.5, 1e-12, 0.3))
    shift = 0.0 if variant is None or isinstance(variant, type) else variant.radius - 1
    same = sides[2] > 0.45  # a tie of many instances, and of the least slack
    left = jnp.where(same & (tolerance < 0.1), sides[1], sides[0])
    return Toy(jnp.stack([left + shift, sides[1]]), tolerance, jnp.stack([kind, 3 + kind % 2]))


STRATA = ("a", "b", "c", "even", "odd")


def check(raw, factor=1.0):
    scale = jnp.sum(jnp.abs(raw.sides))
    return Inequality(factor * raw.sides[0], raw.sides[1], raw.tolerance, scale)


def shrink(raw):
    return dataclasses.replace(raw, sides=raw.sides * jnp.asarray([0.0, 1.0]))


def study(raw, claim):
    """Give the two sides; the left one is as often as the claim says, and zero where it assumes so."""
    raw = shrink(raw) if claim.assumes("smallness") else raw

    def quantity(data):
        if data == ("right",):
            return exactly(raw.sides[1])
        return measured(Rounded(raw.sides[0] * float(data[1]), raw.tolerance))

    return SimpleNamespace(quantity=quantity)


class ToySetting:
    """A setting in floating point alone."""

    name, sets, exact = "toy", True, False

    def part(self, name):
        assert name == "floats"
        floats = {
            "STRATA": STRATA,
            "draw": draw,
            "prepare": lambda raw, claims: raw,
            "study": study,
        }
        return SimpleNamespace(**floats)

    def has(self, name):
        return name == "floats"

    def writer(self, claim):
        raise NotImplementedError


class WithoutSets(ToySetting):
    """The same, about no set."""

    sets = False


def toy_claim(name, factor=1):
    left, right = quantity("left", factor), quantity("right")
    return Claim(
        name=name,
        title=name,
        source="derived",
        setting=ToySetting(),
        assumptions=(Assumption("smallness", "the left side is zero"),),
        claim=left <= right,
        false_twin=right <= left,
    )


LOOSE, TIGHT = toy_claim("loose"), toy_claim("tight", 2)
run = functools.partial(verify, [LOOSE, TIGHT], 3, sets=["l2_ball"], drop="smallness", chunk=1)
COUNT = 8 * BLOCK + 3 * BLOCK + 17  # two calls of the program, the second one partly empty


def result(verifications):
    """Everything but how long it took."""
    return [dataclasses.replace(v, seconds=0.0, compile_seconds=0.0) for v in verifications]


@functools.cache
def reference():
    return result(run(instances=COUNT))


@functools.cache
def by_hand(factor):
    """The same counts without `verify`, instance by instance."""

    def one(index):
        raw = instance(LOOSE, 3, "l2_ball", index)
        side = check(raw, factor)
        return side.verdict(), side.normalised_slack, side.share, raw.strata

    return [np.asarray(part) for part in jax.jit(jax.vmap(one))(jnp.arange(COUNT))]


@pytest.mark.parametrize(("place", "factor"), [(0, 1.0), (1, 2.0)])
def test_counts_and_extremes(place, factor):
    found = reference()[place]
    verdicts, slack, share, kinds = by_hand(factor)
    counts = {name: int(np.sum(verdicts == verdict)) for name, verdict in
              zip(COLUMNS, Verdict, strict=True)}  # fmt: skip
    assert {name: getattr(found, name) for name in COLUMNS} == counts
    assert place or all(counts.values()), "the toy shows every verdict"
    assert sum(counts.values()) == COUNT == found.instances
    valid = verdicts != Verdict.INVALID
    assert found.least_slack == np.min(slack[valid])
    assert found.least_slack_index == np.flatnonzero(valid & (slack == np.min(slack[valid])))[0]
    assert found.tightness == np.max(share[valid])
    for kind, name in enumerate(STRATA):
        inside = np.any(kinds == kind, axis=1)
        expected = {
            column: int(np.sum(inside & (verdicts == verdict)))
            for column, verdict in zip(COLUMNS, Verdict, strict=True)
        }
        assert found.strata[name] == expected


def test_verdicts_and_strata_add_up():
    for found in reference():
        assert sum(getattr(found, name) for name in COLUMNS) == found.instances
        for group in (("a", "b", "c"), ("even", "odd")):
            total = sum(sum(found.strata[name].values()) for name in group)
            assert total == found.instances
        assert list(found.strata) == list(STRATA)


@pytest.mark.parametrize("chunk", [2, 8])
def test_chunks_change_nothing(chunk):
    assert result(run(instances=COUNT, chunk=chunk)) == reference()


def test_devices_change_nothing(monkeypatch):
    assert jax.device_count() == 8
    expected = reference()
    monkeypatch.setattr(jax, "device_count", lambda: 1)
    assert result(run(instances=COUNT)) == expected


def test_the_first_instances_are_the_same():
    """A longer run only adds instances."""
    short = run(instances=100)[0]
    verdicts, *_ = by_hand(1.0)
    assert short.violated == np.sum(verdicts[:100] == Verdict.VIOLATED)
    assert short.least_slack_index < 100


class Killed(Exception):
    """What ends the run in a test."""


def kill_after(calls):
    """A progress callback that ends the run at the given call."""
    seen = []

    def progress(label, done, total):
        seen.append((label, done, total))
        if len(seen) == calls:
            raise Killed

    return progress, seen


@pytest.mark.parametrize("calls", [1, 2, 3])
def test_an_interrupted_run_goes_on(tmp_path, calls):
    long = 40 * BLOCK + 5
    whole = result(run(instances=long))
    progress, seen = kill_after(calls)
    with pytest.raises(Killed):
        run(instances=long, checkpoint=tmp_path, progress=progress)
    later: list[Any] = []
    resumed = run(instances=long, checkpoint=tmp_path, progress=lambda *args: later.append(args))
    assert result(resumed) == whole
    assert [done for _, done, _ in seen + later] == [16 * BLOCK, 32 * BLOCK, long]
    # A run that is finished is not run again, whatever chunk it is asked for.
    again = run(instances=long, checkpoint=tmp_path, chunk=3, progress=kill_after(1)[0])
    assert result(again) == whole


def test_checkpoints_of_other_runs_are_left_alone(tmp_path):
    first = result(run(instances=300, checkpoint=tmp_path))
    for change in (
        {"instances": 310},
        {"key": 4},
        {"drop": None},
        {"twin": True},
        {"sets": ["l1_ball"]},
        {"claims": [LOOSE]},
    ):
        arguments: dict[str, Any] = {
            "claims": [LOOSE, TIGHT], "key": 3, "sets": ["l2_ball"], "instances": 300,
            "drop": "smallness", "chunk": 1,
        }  # fmt: skip
        arguments |= change
        fresh = verify(**arguments)
        assert result(verify(**arguments, checkpoint=tmp_path)) == result(fresh)
    assert result(run(instances=300, checkpoint=tmp_path)) == first


def test_sets_of_one_name_have_their_own_checkpoints(tmp_path):
    """Parameters are part of what a record is about."""
    answers = []
    for radius in (1.0, 1.5):
        ball = L2Ball(jnp.asarray(radius))
        fresh = run(sets=[ball], instances=300)
        assert result(run(sets=[ball], instances=300, checkpoint=tmp_path)) == result(fresh)
        answers.append(fresh[0].violated)
    assert answers[0] < answers[1]


def test_it_compiles_once_for_all_chunks():
    """Two compilations for a group of claims and a set, however many calls it takes."""
    compiled: list[str] = []

    def listen(event: str, duration_secs: float, **kwargs: str | int) -> None:
        if "backend_compile" in event:
            compiled.append(event)

    jax.monitoring.register_event_duration_secs_listener(listen)
    try:
        counts = []
        for instances in (9 * BLOCK, 9 * BLOCK, 40 * BLOCK):
            compiled.clear()
            run(instances=instances, sets=["l2_ball", "simplex"])
            counts.append(len(compiled))
    finally:
        jax.monitoring.unregister_event_duration_listener(listen)
    assert counts[1] == counts[2] == 4  # drawing and checking, two sets; the claims share both


def test_order_of_the_answer():
    found = verify([TIGHT, LOOSE], 3, sets=["simplex", "l2_ball"], instances=10, drop="smallness")
    places = [(v.claim, v.set) for v in found]
    assert places == [(c, s) for c in ("tight", "loose") for s in ("simplex", "l2_ball")]


def test_a_claim_is_skipped_where_it_is_not_stated():
    somewhere = dataclasses.replace(LOOSE, sets=("simplex",))
    found = verify([somewhere, TIGHT], 0, sets=["simplex", "l2_ball"], instances=10)
    assert [(v.claim, v.set) for v in found] == [
        ("loose", "simplex"), ("tight", "simplex"), ("tight", "l2_ball"),
    ]  # fmt: skip


def test_assumptions_and_twins():
    imposed = verify(LOOSE, 3, sets=["l2_ball"], instances=500)[0]
    dropped = verify(LOOSE, 3, sets=["l2_ball"], instances=500, drop="smallness")[0]
    twin = verify(LOOSE, 3, sets=["l2_ball"], instances=500, twin=True)[0]
    assert imposed.violated == 0 < dropped.violated
    assert twin.violated > 0


def test_keys_and_seeds():
    seeded = verify(LOOSE, 5, sets=["l2_ball"], instances=100, drop="smallness")[0]
    keyed = verify(LOOSE, jax.random.key(5), sets=["l2_ball"], instances=100, drop="smallness")[0]
    assert seeded.seed == 5 and keyed.seed is None
    assert result([dataclasses.replace(seeded, seed=None)]) == result([keyed])
    other = verify(LOOSE, 6, sets=["l2_ball"], instances=100, drop="smallness")[0]
    assert other.least_slack != seeded.least_slack


def test_claims_without_a_set_are_checked_once():
    """By default beside the others, and alone where a set is named that they are not about."""
    free = dataclasses.replace(LOOSE, name="free", setting=WithoutSets())
    ball = dataclasses.replace(LOOSE, name="ball", sets=("l2_ball",))
    found = verify([free, ball], 3, instances=100)
    assert [(one.claim, one.set) for one in found] == [("free", "none"), ("ball", "l2_ball")]
    assert verify(free, 3, sets=["none"], instances=100)[0].holds == found[0].holds > 0
    with pytest.raises(ValueError, match="none of the claims"):
        verify(free, 3, sets=["l2_ball"], instances=100)


def test_a_real_claim_over_a_real_set():
    """Theorem 1 end to end: JSON, and an instance made again."""
    (found,) = verify("misfit_gain", 1, sets=["l2_ball:0.5"], instances=500, chunk=1)
    assert (found.claim, found.set) == ("misfit_gain", "l2_ball:0.5")
    assert found.violated == found.invalid == 0
    assert found.undecided <= 5 and found.equal > 20
    assert found.seconds > 0 and found.compile_seconds > 0
    record = json.loads(json.dumps(dataclasses.asdict(found)))
    wanted = "claim set instances holds equal undecided violated least_slack tightness strata "
    wanted += "seconds seed dtype device versions"
    assert set(wanted.split()) <= set(record)
    assert record["dtype"] == "float64" and record["seed"] == 1
    assert record["versions"]["jax"] == jax.__version__
    assert found.least_slack == 0 and found.tightness == 1  # it is tight somewhere

    # The instance of least slack gives the same verdict when it is made again.
    claim = claim_named("misfit_gain")

    @jax.jit
    def again(index):
        raw = instance("misfit_gain", 1, "l2_ball:0.5", index)
        return compared(prepare(raw, (claim,)), claim)

    side = again(jnp.asarray(found.least_slack_index))
    assert side.normalised_slack == 0 and side.verdict() == Verdict.EQUAL


def test_refusals(monkeypatch):
    with pytest.raises(
        ValueError, match="there is no 'luck'; known are average_floor, convex_values"
    ):
        verify("luck", 0, instances=1)
    with pytest.raises(ValueError, match="there is no 'moon'; did you mean 'monotone'"):
        verify(LOOSE, 0, sets=["moon"], instances=1)
    with pytest.raises(ValueError, match="instances: expected at least 1, got 0"):
        verify(LOOSE, 0, instances=0)
    with pytest.raises(ValueError, match="chunk: expected at least 1, got 0"):
        verify(LOOSE, 0, instances=1, chunk=0)
    with pytest.raises(ValueError, match=r"has no assumption 'luck'; known are smallness"):
        verify(LOOSE, 0, sets=["l2_ball"], instances=1, drop="luck")


def test_single_precision_is_refused():
    jax.config.update("jax_enable_x64", False)
    try:
        with pytest.raises(ValueError, match="needs double precision"):
            verify(LOOSE, 0, sets=["l2_ball"], instances=1)
    finally:
        jax.config.update("jax_enable_x64", True)


def test_verifications_are_plain():
    assert dataclasses.is_dataclass(Verification)
    assert w2sjax.verify is verify
