"""The kinds of exact instances.

A kind is named by the domain of the claims that are about it, or by what it is where claims of one
domain are about several. Needs no JAX.
"""

from w2sjax.falsification.bandits import kind as bandits
from w2sjax.falsification.detection import kind as detection
from w2sjax.falsification.kind import Kind
from w2sjax.falsification.programs import kind as programs
from w2sjax.falsification.projection import kind as projection
from w2sjax.falsification.sampling import kind as sampling
from w2sjax.falsification.selection import kind as selection
from w2sjax.falsification.worlds import kind as worlds

KINDS: dict[str, Kind] = {
    "projection": projection.KIND,
    "expansion": worlds.KIND,
    "sampling": sampling.KIND,
    "selection": selection.KIND,
    "detection": detection.KIND,
    "bandits": bandits.KIND,
    "yours": programs.KIND,
}
