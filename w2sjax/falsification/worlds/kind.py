"""Finite worlds as a kind of exact instance."""

from w2sjax.falsification.kind import Kind
from w2sjax.falsification.worlds.checker import check_world
from w2sjax.falsification.worlds.deciding import decide_world
from w2sjax.falsification.worlds.local import walks
from w2sjax.falsification.worlds.page import page, words
from w2sjax.falsification.worlds.small import small_worlds
from w2sjax.falsification.worlds.steps import cost, steps
from w2sjax.falsification.worlds.world import world_from_json

KIND = Kind(
    read=world_from_json,
    decide=decide_world,
    check=lambda statement, world, students: check_world(statement, world),
    small=lambda statement, kind, parameters, seed: small_worlds(statement, seed),
    steps=steps,
    cost=cost,
    page=page,
    words=words,
    walks=walks,
)
