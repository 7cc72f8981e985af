"""The claims of all domains as data, and their false twins."""

from w2sjax.falsification.projection import statements as projection
from w2sjax.falsification.statement import Statement
from w2sjax.falsification.worlds import statements as worlds

STATEMENTS: dict[str, Statement] = {**projection.STATEMENTS, **worlds.STATEMENTS}
TWINS: dict[str, Statement] = {**projection.TWINS, **worlds.TWINS}


def is_of_the_registry(statement: Statement) -> bool:
    """Whether it is the claim's own statement, not a variant (a hypothesis may be dropped)."""
    known = STATEMENTS.get(statement.claim)
    if known is None:
        return False
    return statement == (known.without(statement.dropped) if statement.dropped else known)
