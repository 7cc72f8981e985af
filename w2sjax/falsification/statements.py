"""The claims of all domains as data, and their false twins."""

from w2sjax.falsification.bandits import statements as bandits
from w2sjax.falsification.detection import statements as detection
from w2sjax.falsification.projection import statements as projection
from w2sjax.falsification.sampling import statements as sampling
from w2sjax.falsification.selection import statements as selection
from w2sjax.falsification.statement import Statement
from w2sjax.falsification.worlds import statements as worlds

_DOMAINS = (projection, worlds, sampling, selection, detection, bandits)
STATEMENTS: dict[str, Statement] = {k: v for part in _DOMAINS for k, v in part.STATEMENTS.items()}
TWINS: dict[str, Statement] = {k: v for part in _DOMAINS for k, v in part.TWINS.items()}


def is_of_the_registry(statement: Statement) -> bool:
    """Whether it is the claim's own statement, not a variant (a hypothesis may be dropped)."""
    known = STATEMENTS.get(statement.claim)
    if known is None or statement.dropped not in (None, *known.hypotheses):
        return False
    return statement == (known.without(statement.dropped) if statement.dropped else known)
