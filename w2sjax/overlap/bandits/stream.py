r"""Random words by counting: word j of round t of a bandit depends on its seed, t and j alone.

Two words a round come from Threefry-2x32 with 13 rounds, the fewest that pass BigCrush (Salmon, Moraes,
Dror, Shaw (2011), table 2); where a strategy needs more, a mixing function of 32 bits makes them of these
two. All is elementwise arithmetic, so that it fuses into the loop that consumes it; JAX's own generator
runs 20 rounds in a loop of its own, which costs more than the bandit.
"""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray, UInt32

ROUNDS = 13
ROTATIONS = (13, 15, 26, 6, 17, 29, 16, 24)
PARITY = 0x1BD11BDA
GOLDEN = 0x9E3779B9  # 2^32 over the golden ratio: multiples of it are spread evenly
# z = v (c0 + c1 w + ...), w = -log(1 - v^2), for the normal number z with P(|Z| < z) = v.
NORMAL = (1.2533868, 0.327464025, 0.01782131, -0.004610941, 0.000318672, -5.785e-06)
NORMAL_ERROR = 4e-6
LARGEST_CENTRED = 1 - 2.0**-24


def seeds(key: PRNGKeyArray, bandits: Int[Array, " n"]) -> UInt32[Array, "2 n"]:
    """Give each bandit, by its number, a seed; which others are there changes nothing."""
    keys = jax.vmap(jax.random.fold_in, in_axes=(None, 0))(key, bandits)
    return jax.vmap(lambda own: jax.random.bits(own, (2,), jnp.uint32))(keys).T


def pair(seed: UInt32[Array, "2 *b"], time: Int[Array, ""]) -> UInt32[Array, "2 *b"]:
    """Return two random words of a round for each bandit."""
    first = jnp.full(seed.shape[1:], time.astype(jnp.uint32))
    return jnp.stack(threefry(seed, first, jnp.zeros_like(first)))


def expand(two: UInt32[Array, "2 *b"], count: int) -> UInt32[Array, "c *b"]:
    """Make `count` words of two."""
    places = jnp.arange(1, count + 1, dtype=jnp.uint32) * jnp.uint32(GOLDEN)
    places = places.reshape(count, *(1,) * (two.ndim - 1))
    return _mix(_mix(two[0][None] + places) ^ two[1][None])


def _mix(word):
    """Let every bit depend on every other, one to one (Wellons (2018), lowbias32)."""
    word = (word ^ (word >> jnp.uint32(16))) * jnp.uint32(0x7FEB352D)
    word = (word ^ (word >> jnp.uint32(15))) * jnp.uint32(0x846CA68B)
    return word ^ (word >> jnp.uint32(16))


def threefry(
    seed: UInt32[Array, "2 *any"],
    first: UInt32[Array, "*any"],
    second: UInt32[Array, "*any"],
    rounds: int = ROUNDS,
) -> tuple[UInt32[Array, "*any"], UInt32[Array, "*any"]]:
    """Encrypt pairs of words, each under its seed."""
    keys = (seed[0], seed[1], seed[0] ^ seed[1] ^ jnp.uint32(PARITY))
    first, second = first + keys[0], second + keys[1]
    for done in range(rounds):
        turn = ROTATIONS[done % 8]
        first = first + second
        second = ((second << jnp.uint32(turn)) | (second >> jnp.uint32(32 - turn))) ^ first
        if done % 4 == 3:
            block = done // 4 + 1
            first = first + keys[block % 3]
            second = second + keys[(block + 1) % 3] + jnp.uint32(block)
    return first, second


def uniform(bits: UInt32[Array, "*any"], dtype) -> Float[Array, "*any"]:
    """Make numbers in [0, 1), multiples of 2^-24, of random words."""
    return (bits >> jnp.uint32(8)).astype(dtype) * jnp.asarray(2.0**-24, dtype)


def normal(bits: UInt32[Array, "*any"], dtype) -> Float[Array, "*any"]:
    """Make standard normal numbers of random words.

    Their distribution function is off by at most `NORMAL_ERROR`: the inverse is a polynomial, fitted for
    this and without the error function. They end at 7 standard deviations.
    """
    signed = jax.lax.bitcast_convert_type(bits, jnp.int32).astype(dtype) + jnp.asarray(0.5, dtype)
    limit = jnp.asarray(LARGEST_CENTRED, dtype)
    centred = jnp.clip(signed * jnp.asarray(2.0**-31, dtype), -limit, limit)
    tail = -jnp.log((1 - centred) * (1 + centred))
    value = jnp.full_like(tail, NORMAL[-1])
    for coefficient in reversed(NORMAL[:-1]):
        value = value * tail + coefficient
    return centred * value
