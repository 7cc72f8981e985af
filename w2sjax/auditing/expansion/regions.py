r"""The regions and sets that the expansion claims speak of, on the points of one label.

S is where the teacher's labels count, $S^{good}$ and $S^{bad}$ its points with right and wrong ones, T
the hard-only points.
"""

import dataclasses
from collections.abc import Iterator

import numpy as np
from jaxtyping import Bool, Int

from w2sjax.mixture.model import HARD, OVERLAP

CORRECTION = "pseudolabel_correction_tight"
COVERAGE = "coverage_good_side"
HARD_ERROR = "hard_error"


@dataclasses.dataclass(frozen=True, eq=False)
class Case:
    """One statement on the points of one label, for one teacher.

    Attributes:
        statement: the name of the claim.
        teaching: S.
        judged: where the statement bounds the student's error: S or T.
        source: B, whose sets expand.
        target: A, into which they do.
        mistakes: whether the sets are of mistakes, or of the rest.
    """

    statement: str
    teaching: Bool[np.ndarray, " n"]
    judged: Bool[np.ndarray, " n"]
    source: Bool[np.ndarray, " n"]
    target: Bool[np.ndarray, " n"]
    mistakes: bool

    def sets(
        self,
        students: Int[np.ndarray, "f n"],
        truth: Int[np.ndarray, " n"],
        robust: Bool[np.ndarray, "f n"],
    ) -> Bool[np.ndarray, "f n"]:
        """Robust mistakes, or robust non-mistakes, of every student in B."""
        return ((students != truth) == self.mistakes) & robust & self.source


def cases(
    members: Bool[np.ndarray, " n"],
    right: Bool[np.ndarray, " n"],
    regions: Int[np.ndarray, " n"] | None,
) -> Iterator[Case]:
    """Give what can be said of the members of a label, where its teacher is right; by detected regions."""
    yield Case(CORRECTION, members, members, members & right, members & ~right, mistakes=False)
    if regions is None or not np.any(members & (regions == HARD)):
        return
    hard = members & (regions == HARD)
    for statement, teaching in (
        (COVERAGE, members & ~hard),
        (HARD_ERROR, members & (regions == OVERLAP)),
    ):
        if np.any(teaching):
            yield Case(statement, teaching, hard, hard, teaching & right, mistakes=True)
