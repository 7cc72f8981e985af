r"""Verify claims over many random instances: verdict counts, least slack, tightness.

Instances are drawn and checked in blocks of a fixed size, by two compiled programs a domain and set,
and only counts and extremes leave the second. Two, because inside one program XLA may compute a
drawn number again wherever it is used, and a logarithm computed twice can differ in its last bit: a
theorem is about one instance. Instance i depends on the key, the set's name and i alone, and every
block is the same computation, so the answer does not depend on how many blocks a call takes, on how
many devices and hosts share them, or on an interruption.
"""

import dataclasses
import functools
import threading
import time
import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Int, PRNGKeyArray

from w2sjax.arithmetic.inequality import Verdict
from w2sjax.claims import REGISTRY
from w2sjax.falsification.claim_source import source_of
from w2sjax.language.claims import Claim
from w2sjax.language.files import to_json
from w2sjax.language.rewriting import twin_of
from w2sjax.machine import hosts
from w2sjax.machine.compilation import compile_quickly
from w2sjax.machine.records import Record
from w2sjax.machine.scale import over_devices
from w2sjax.projecting.sets import SETS, ConvexSet
from w2sjax.settings.random_instances import compared, draw_of, prepare, strata_of
from w2sjax.verification.lookup import NO_SET, claim_named, variant_named
from w2sjax.verification.tally import Verification, Verifications, merge, tally

BLOCK = 500
BLOCKS = "blocks"  # the unit of a record: what the blocks so far come to
DRAWN = "drawn"  # the setting of instances that a user's function draws
INSTANCES = 20_000
SHORT = 10_000  # instances up to which compiling a check takes longer than running it
TOGETHER = 2  # groups of claims at a time, on one host


def verify(
    claims: Claim | str | Sequence[Claim | str] | None = None,
    key: PRNGKeyArray | int = 0,
    *,
    sets: Sequence[str | ConvexSet | type[ConvexSet]] | None = None,
    instances: int = INSTANCES,
    chunk: int = 8,
    drop: str | None = None,
    twin: bool = False,
    checkpoint: str | Path | None = None,
    progress: Callable[[str, int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Verifications:
    """Check claims on random instances over convex sets.

    Args:
        claims: one or several, by name or as objects; all of `REGISTRY` by default.
        key: a key, or an integer seed for one.
        sets: specifications ("l2_ball:2.5"), sets or kinds of sets; all of `SETS` by default, and
            claims without a set ("none") once.
        instances: how many for each claim and set.
        chunk: blocks of `BLOCK` instances a call of the compiled program; changes no result.
        drop: an assumption to do without, which all of the claims must have.
        twin: check the claims' false twins instead.
        checkpoint: a folder where every chunk is recorded, and from where a killed run goes on.
        progress: called with a label, the instances done and their number.
        stop: asked after every chunk whether to end early; sets that were not begun are then left
            out, and the others have fewer instances.

    On several hosts (`jax.distributed`), which all call it with the same arguments, each has the answer.

    Raises:
        ValueError: for unknown claims, sets or assumptions, fewer than one instance, or a user's `draw`
            that gives one instance for every key. Needs double precision:
            `jax.config.update("jax_enable_x64", True)` first.
    """
    chosen = [claim_named(c).decided().without(drop) for c in _listed(claims, REGISTRY)]
    chosen = [twin_of(claim) for claim in chosen] if twin else chosen
    for name, count in (("instances", instances), ("chunk", chunk)):
        if count < 1:
            raise ValueError(f"{name}: expected at least 1, got {count}")
    double_precision("verify")
    seed = key if isinstance(key, int) else None
    root = jax.random.key(key) if isinstance(key, int) else key
    variants = [variant_named(s) for s in _listed(sets, SETS.values())]
    if sets is None:
        variants.append((NO_SET, None))
    groups = list(_groups(chosen, variants))
    if not groups:
        names, labels = [c.name for c in chosen], [label for label, _ in variants]
        raise ValueError(f"sets: none of the claims {names} is stated for any of {labels}")
    runs = [
        _Run(tuple(chosen[i] for i in rows), variant, label, root, instances, chunk, checkpoint)
        for rows, _, label, variant in groups
    ]  # fmt: skip
    results: dict[tuple[int, int], Verification] = {}

    over = threading.Event()

    def ended() -> bool:
        return over.is_set() or (stop is not None and bool(hosts.of_each(stop()).any()))

    def carried_out(run: _Run) -> list[Verification]:
        if run is not runs[0] and ended():
            return []
        # A caller's `with jax.enable_x64(True)` does not reach this thread.
        with jax.enable_x64(True):
            return run.execute(progress, ended)

    # One program of ours keeps about one core busy, whether it is compiled or runs. Hosts have to run
    # theirs in one order: each waits for the others.
    with ThreadPoolExecutor(max_workers=1 if hosts.several() else TOGETHER) as pool:
        found = [pool.submit(carried_out, run) for run in runs]
        try:
            for (rows, column, _, _), future in zip(groups, found, strict=True):
                for i, verification in zip(rows, future.result(), strict=False):
                    results[i, column] = dataclasses.replace(verification, seed=seed)
        finally:
            over.set()
            pool.shutdown(wait=False, cancel_futures=True)
    return Verifications(results[place] for place in sorted(results))


def double_precision(command: str) -> None:
    """Refuse to go on in single precision."""
    if jnp.zeros(()).dtype != jnp.float64:
        raise ValueError(
            f"{command} needs double precision: jax.config.update('jax_enable_x64', True)"
        )


def _groups(chosen, variants):
    """Yield (rows of claims, column of the set, label, variant) that share their instances."""
    for column, (label, variant) in enumerate(variants):
        rows = [i for i, c in enumerate(chosen) if c.stated_for(variant)]
        for draw in dict.fromkeys(draw_of(chosen[i]) for i in rows):
            yield [i for i in rows if draw_of(chosen[i]) == draw], column, label, variant


def instance(claim: Claim | str, key, set_: Any, index: int | Int[Array, ""]) -> Any:
    """Make the raw instance `index` of a verification again."""
    label, variant = variant_named(set_)
    root = jax.random.key(key) if isinstance(key, int) else key
    return draw_of(claim_named(claim))(_instance_key(root, label, jnp.asarray(index)), variant)


def _listed(given, default):
    if given is None:
        return list(default)
    return [given] if isinstance(given, str | Claim | ConvexSet | type) else list(given)


def _instance_key(root, label, index):
    return jax.random.fold_in(jax.random.fold_in(root, zlib.crc32(label.encode())), index)


def fingerprints(variant: Any) -> list[int]:
    """Tell the parameters of sets of the same name apart; a kind of sets has none."""
    leaves = [] if isinstance(variant, type) else jax.tree.leaves(variant)
    return [zlib.crc32(np.asarray(leaf).tobytes()) for leaf in leaves]


@dataclasses.dataclass
class _Run:
    """The claims of one domain over one set: two programs, called chunk after chunk."""

    claims: tuple[Claim, ...]
    variant: Any
    label: str
    root: Any
    instances: int
    chunk: int
    checkpoint: str | Path | None

    def __post_init__(self):
        self.data = None if isinstance(self.variant, type) else self.variant
        work = {
            "claims": [to_json(claim) for claim in self.claims],
            "set": self.label,
            "instances": self.instances,
            "key": np.asarray(jax.random.key_data(self.root)).tolist(),
            "block": BLOCK,
            "parameters": fingerprints(self.variant),
        }
        if self.claims[0].setting.name == DRAWN:  # a user's code may change and keep its name
            work["sources"] = [source_of(claim) for claim in self.claims]
        self.record = Record(self.checkpoint, "verify", work)
        known = self.record.units.get(BLOCKS, {"state": None, "done": 0})
        self.state, self.done = known["state"], known["done"]
        if np.ptp(hosts.of_each(self.done)):
            raise ValueError(
                "checkpoint: hosts find different records; name a folder that all share"
            )
        self.blocks = -(-self.instances // BLOCK)
        # A loop over one block is none to XLA: its body would be another computation.
        few = jax.device_count() if hosts.several() else -(-self.blocks // 2)
        self.devices = min(jax.device_count(), few)
        each = min(self.chunk, -(-self.blocks // self.devices))
        self.width = max(each, 2) * self.devices

    def _ids(self):
        # Blocks past the end are masked, so that one shape serves all calls.
        return jnp.arange(self.done, self.done + self.width)

    def compile(self) -> Callable[[Any], Any] | None:
        """Compile the programs, unless a checkpoint has it all."""
        if self.done >= self.blocks:
            return None

        def draw(index, given, key):
            variant, make = self.variant if given is None else given, draw_of(self.claims[0])
            keyed = functools.partial(_instance_key, key, self.label)
            return jax.vmap(lambda i: make(keyed(i), variant))(_positions(index))

        def check(block):
            index, drawn = block
            return _check(self.claims, drawn, index, self.instances)

        def placed(made, place):
            return jax.ShapeDtypeStruct(made.shape, made.dtype, sharding=place)

        lowered = over_devices(draw, self.devices).lower(self._ids(), self.data, self.root)
        drawing = compile_quickly(lowered)
        drawn = jax.tree.map(placed, lowered.out_info, drawing.output_shardings)
        # A program that is not optimised compiles in half the time, and runs for twice as long.
        level = 0 if self.instances <= SHORT else 1
        checking = over_devices(check, self.devices).lower((self._ids(), drawn))
        checking = compile_quickly(checking, level=level)
        return lambda ids: checking((ids, drawing(ids, self.data, self.root)))

    def execute(self, progress, stop) -> list[Verification]:
        """Run the program over all blocks, or until `stop()`, and report, one verification a claim."""
        start = time.perf_counter()
        program = self.compile()
        compile_seconds = 0.0 if program is None else time.perf_counter() - start
        names = [claim.name for claim in self.claims]
        title = f"{self.label}: {names[0] if len(names) == 1 else f'{len(names)} claims'}"
        seconds = 0.0
        while program is not None and self.done < self.blocks:
            start = time.perf_counter()
            parts = hosts.fetched(program(self._ids()))
            seconds += time.perf_counter() - start
            for i in range(min(self.width, self.blocks - self.done)):
                self.state = merge(self.state, {name: part[i] for name, part in parts.items()})
            self.done = min(self.done + self.width, self.blocks)
            if hosts.first():
                self.record.keep(BLOCKS, {"state": self.state, "done": self.done})
            if progress is not None:
                progress(title, min(self.done * BLOCK, self.instances), self.instances)
            if stop():
                break
        checked = min(self.done * BLOCK, self.instances)
        return [
            tally(claim, self.label, checked, self.state, i, seconds, compile_seconds)
            for i, claim in enumerate(self.claims)
        ]


def _positions(index):
    return index * BLOCK + jnp.arange(BLOCK)


def _check(claims, drawn, index, instances) -> dict[str, Any]:
    """Check one block of instances; everything that leaves is a count or an extreme."""
    positions = _positions(index)
    strata = strata_of(claims[0])

    def one(raw):
        prepared = prepare(raw, claims)
        sides = [compared(prepared, claim) for claim in claims]
        said = [(side.verdict(), side.normalised_slack, side.share) for side in sides]
        return *map(jnp.stack, zip(*said, strict=True)), raw.strata

    verdicts, slack, share, kinds = jax.vmap(one)(drawn)
    used = positions < instances
    valid = used[:, None] & (verdicts != int(Verdict.INVALID))
    slack = jnp.where(valid, slack, jnp.inf)
    share = jnp.where(valid, share, -jnp.inf)
    answers = jax.nn.one_hot(verdicts, len(Verdict), dtype=jnp.float64)
    answers *= used[:, None, None].astype(jnp.float64)
    members = jnp.sum(jax.nn.one_hot(kinds, len(strata), dtype=jnp.float64), axis=1)
    table = jnp.einsum("icv,is->csv", answers, members, precision=jax.lax.Precision.HIGHEST)
    least = jnp.argmin(slack, axis=0)
    return {
        "counts": jnp.sum(answers, axis=0).astype(jnp.int64),
        "strata": table.astype(jnp.int64),
        "slack": jnp.min(slack, axis=0),
        "index": positions[least],
        "share": jnp.max(share, axis=0),
    }
