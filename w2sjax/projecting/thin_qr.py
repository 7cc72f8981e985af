r"""A thin QR decomposition of rows that lie on several devices: one on each, then one of the triangles.

With $A_i = Q_i R_i$ and $(R_1; \dots; R_k) = (P_1; \dots; P_k) R$, the rows $A_i$ are $(Q_i P_i) R$. Only
triangles leave a device. Reference. Demmel, Grigori, Hoemmen, Langou (2012), SIAM Journal on Scientific
Computing 34, section 2.
"""

import jax
import jax.numpy as jnp
from jax.sharding import NamedSharding, PartitionSpec
from jaxtyping import Array, Float

from w2sjax.arithmetic.rounding import HIGHEST


def thin_qr(
    matrix: Float[Array, "n d"], place: NamedSharding | None
) -> tuple[Float[Array, "n k"], Float[Array, "k d"]]:
    """Decompose a matrix whose rows lie as `place` says, or on one device; k is min(n, d)."""
    rows = place.spec[0] if place is not None else None
    if place is None or rows is None:
        return jnp.linalg.qr(matrix)

    def part(block):
        own, triangle = jnp.linalg.qr(block)
        stacked = jax.lax.all_gather(triangle, rows, tiled=True)
        common, whole = jnp.linalg.qr(stacked)
        height = triangle.shape[0]
        mine = jax.lax.axis_index(rows) * height
        mine = jax.lax.dynamic_slice_in_dim(common, mine, height)
        return jnp.matmul(own, mine, precision=HIGHEST), whole

    spread = PartitionSpec(rows)
    mapped = jax.shard_map(
        part,
        mesh=place.mesh,
        in_specs=spread,
        out_specs=(spread, PartitionSpec()),
        check_vma=False,  # every device decomposes the same triangles
    )
    return mapped(matrix)
