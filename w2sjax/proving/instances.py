r"""Instances from Gram matrices: vectors with rational inner products as functions on weighted points.

$G = LDL^\top$ in rationals: point k has the mass $D_k$, and function i the value $L_{ik}$ there. The class is
the convex hull of the named members, or their linear hull, or two members alone.
"""

from fractions import Fraction

from w2sjax.arithmetic.rationals import Vector
from w2sjax.proving.forms import pair, squares
from w2sjax.proving.models import Gram
from w2sjax.proving.statements import ZERO, Statement
from w2sjax.settings.projection import AFFINE, SUBSPACE
from w2sjax.settings.projection.meaning import meaning_of
from w2sjax.settings.projection.problem import Problem

ONE = Fraction(1)
Values = dict[str, Vector]


def instance(statement: Statement, gram: Gram) -> Problem | None:
    """Make an instance of the setting of a model; None where the setting has none."""
    names = statement.names
    points = squares([[gram[pair(i, j)] for j in names] for i in names])
    if not points:
        return None
    masses = [mass for mass, _ in points]
    values: Values = {n: [column[i] for _, column in points] for i, n in enumerate(names)}
    values[statement.origin] = [Fraction(0)] * len(masses)
    make = _two_members if meaning_of(statement.claim).pair else _hull
    return make(statement, values, masses)


def _hull(statement: Statement, values: Values, masses: Vector) -> Problem:
    """Take the convex hull of the members, or the linear hull of their differences to the first."""
    claim, members = statement.claim, [one for one in statement.members if one != ZERO]
    stated = "stated" if "stated" in values else "sampled"
    free = stated in values and stated not in members
    columns = [*members, *([stated] if free else [])] or [statement.origin]
    kind, parameters = "simplex", {"total": ONE}
    if claim.assumes(AFFINE) or claim.assumes(SUBSPACE):
        kind, parameters = "subspace", {}
        if ZERO not in statement.members:
            first = values[columns[0]]
            values = {n: [a - b for a, b in zip(v, first, strict=True)] for n, v in values.items()}
    elif free and members:
        kind, parameters = "polyhedron", _first_alone(len(members), len(columns))
    places = {"truth": "member", "other": "other", "student": stated}
    found = {name: columns.index(one) if one in columns else 0 for name, one in places.items()}
    if "other" not in columns and "between" in columns:
        found["other"] = columns.index("between")
    return _problem(kind, parameters, [values[one] for one in columns], found, values, masses)


def _first_alone(members: int, count: int) -> dict[str, list]:
    """Give the convex hull of the first columns, as a polyhedron of coefficients."""
    unit = [[Fraction(int(i == j)) for j in range(count)] for i in range(count)]
    return {
        "matrix": [[-x for x in row] for row in unit[:members]],
        "bound": [Fraction(0)] * members,
        "equality": [
            [sum(column) for column in zip(*unit[:members], strict=True)],
            *unit[members:],
        ],
        "level": [ONE, *[Fraction(0)] * (count - members)],
    }


def _two_members(statement: Statement, values: Values, masses: Vector) -> Problem | None:
    """Take two members alone, where no more are named."""
    distinct: list[Vector] = []
    for name in statement.members:
        if values[name] not in distinct:
            distinct.append(values[name])
    first = values.get("member", [*distinct, values[statement.origin]][0])
    others = [one for one in distinct if one != first]
    if len(others) > 1:
        return None
    second = values.get("other", [*others, first][0])
    columns = [first, second, values.get("stated", first)]
    places = {"truth": 0, "other": 1, "student": 2}
    return _problem("subspace", {}, columns, places, values, masses)


def _problem(
    kind: str,
    parameters: dict,
    columns: list[Vector],
    places: dict[str, int],
    values: Values,
    masses: Vector,
) -> Problem:
    """Put functions into columns of features; coefficients of the named ones are 1 at their places."""
    truth = columns[places["truth"]]
    target = values.get("target", truth)
    unit = [[Fraction(int(i == j)) for i in range(len(columns))] for j in range(len(columns))]
    return Problem(
        set=kind,
        parameters=parameters,
        features=[list(row) for row in zip(*columns, strict=True)],
        masses=masses,
        weak=values.get("weak", truth),
        offset=[a - b for a, b in zip(target, truth, strict=True)],
        mixture=Fraction(1, 2),
        truth=unit[places["truth"]],
        other=unit[places["other"]],
        student=unit[places["student"]],
    )
