"""Features in a file, half a gigabyte in doubles: neighbours and cosines hold a part, whatever its rows."""

import numpy as np
import pytest

from experiments.speed.streaming import _run as measured

POINTS, WIDTH, SMALL = 3000, 20_000, 60
PROGRAM = """
import sys
import jax
import numpy as np
from w2sjax.auditing.neighbours import nearest
from w2sjax.overlap.scores import largest_cosine_of_rows
from w2sjax.projecting.rows import Rows
jax.config.update("jax_enable_x64", True)
features = np.load(sys.argv[1] + "/strong_features.npy", mmap_mode="r")
(near,) = nearest(features, (5,))
cosines = largest_cosine_of_rows(Rows(features), np.arange(len(features)) % 3 == 0)
print(near.graph.nnz, cosines.min())
"""


@pytest.mark.slow
def test_neighbours_and_cosines_hold_a_few_blocks(tmp_path):
    random = np.random.default_rng(0)
    sizes = {}
    for name, points in (("small", SMALL), ("large", POINTS)):
        (tmp_path / name).mkdir()
        features = random.standard_normal((points, WIDTH), np.float32)
        np.save(tmp_path / name / "strong_features.npy", features)
        _, sizes[name], said = measured(PROGRAM, str(tmp_path / name))
        links, least = map(float, said.split())
        assert links >= 5 * points and 0 < least < 1
    assert sizes["large"] - sizes["small"] < 0.75 * 8 * POINTS * WIDTH / 1e6, sizes
