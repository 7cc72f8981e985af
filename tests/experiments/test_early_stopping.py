"""Constants on the way from teacher to student against their closed forms, and against random problems."""

from fractions import Fraction

import numpy as np
import pytest

from experiments import early_stopping
from experiments._run import read


def test_constants_are_those_of_the_closed_forms_and_hold(tmp_path):
    assert early_stopping.main(["--out", str(tmp_path)]) == 0
    rows = read(tmp_path / "shares.csv")
    for place, share in enumerate(rows["share"]):
        kept, lost = (rows[name][place] for name in ("kept", "lost"))
        assert Fraction(str(kept)) == Fraction(share) * (2 - Fraction(share))
        assert Fraction(str(lost)) == Fraction(share) / (2 - Fraction(share))
        assert rows["most_lost"][place] <= float(Fraction(str(lost))) + 1e-9
        assert rows["least_kept"][place] >= float(Fraction(str(kept))) - 1e-9
    # The projection itself: Theorem 1 is nearly attained, and it is the best place to stop for the least.
    assert np.argmax(rows["least_kept"]) == rows["share"].index(1.0)
    assert rows["least_kept"][rows["share"].index(1.0)] == pytest.approx(1, abs=0.05)
    assert (tmp_path / "early_stopping.png").exists()
