"""Which hypotheses of a statement a finite world satisfies, exactly."""

from flint import fmpq

from w2sjax.falsification.worlds import printed
from w2sjax.falsification.worlds.names import ABSTAINING, CORRECTING, PRINTED, RIGHT_LABELS
from w2sjax.falsification.worlds.quantities import WorldQuantities
from w2sjax.falsification.worlds.world import ABSTAINS


def check_hypotheses(world: WorldQuantities) -> tuple[dict[str, str], bool]:
    """Say how every hypothesis was checked, and whether all are satisfied."""
    checks = _checks(world)
    notes = {name: "exact" if answer else "fails" for name, answer in checks.items()}
    computed = "constants are computed from the family"
    if world.given is not None:
        computed = "c is stated, and compared with the family's"
    for name in world.statement.hypotheses:
        notes.setdefault(name, f"by construction: {computed}")
    if world.statement.dropped is not None:
        notes[world.statement.dropped] = "dropped"
    return notes, all(checks.values())


def _checks(world: WorldQuantities) -> dict[str, bool]:
    raw, statement = world.world, world.statement
    claim, checks = statement.claim, {}
    if "symmetry" in statement.hypotheses:
        pairs = [(x, y) for x in range(raw.size) for y in range(x)]
        checks["symmetry"] = all(raw.neighbours[x][y] == raw.neighbours[y][x] for x, y in pairs)
    if claim in ABSTAINING:
        checks["hard is where the teacher abstains"] = all(
            (label == ABSTAINS) == part or mass == 0
            for label, part, mass in zip(raw.teacher, raw.hard, raw.masses, strict=True)
        )
    if claim in RIGHT_LABELS:
        checks["some right labels"] = world.mass(world.overlap & world.taught) > 0
    if claim == "hard_error_payback" and "agreement" in statement.hypotheses:
        checks["agreement"] = world.agreement() > world.q
    if claim in (*CORRECTING, *PRINTED):
        checks["0 < alpha < 1/2"] = 0 < world.alpha < fmpq(1, 2)
        if not checks["0 < alpha < 1/2"]:
            return checks
    if world.given is not None:
        largest = world.largest()
        checks["c is less than every ratio"] = largest is None or world.given < largest
    if claim == "pseudolabel_correction_tight":
        agrees = world.lost <= 1 - world.q - world.alpha
        checks["P(f != teacher or not robust) <= 1 - q - alpha"] = agrees
        if world.given is not None:
            checks["1 - 2 c' alpha > 0"] = world.given * world.alpha < 1 - world.alpha
    if claim in PRINTED:
        checks |= printed.conditions(world)
    return checks
