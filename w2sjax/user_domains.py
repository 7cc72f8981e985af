r"""Where the instances of a user's claim come from: a function of the user, or a built-in domain."""

import dataclasses
import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from w2sjax._where import failure
from w2sjax.certificate import Projection
from w2sjax.claims import REGISTRY
from w2sjax.claims.claim import Domain
from w2sjax.claims.projection import study
from w2sjax.claims.projection.instance import ProjectionInstance
from w2sjax.claims.projection.study import Study
from w2sjax.rounding import Rounded

YOURS = "yours"  # the name of the domains that a user's function draws
SAMPLE = 20_000  # keys that must give more than one instance


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Drawn:
    """An instance of a user's own, as the user drew it.

    Attributes:
        values: the user's tree of arrays.
        strata: of one kind.
    """

    values: Any
    strata: Int[Array, "*batch 1"]


@functools.cache
def own_domain(draw: Callable[..., Any]) -> Domain:
    """Make a domain of a function `draw(key)`; one for each function, so that claims share instances."""

    def drawn(key, variant=None) -> Drawn:
        del variant
        try:
            values = jax.tree.map(jnp.asarray, draw(key))
        except Exception as error:
            raise failure(error, draw, "draw failed") from error
        return Drawn(values, jnp.zeros(1, jnp.int32))

    def prepare(instance: Drawn, needs: tuple[str, ...] = ()) -> Any:
        del needs
        return instance.values

    return Domain(name=YOURS, draw=drawn, prepare=prepare, strata=("all",))


def domain_of(given: str | Domain | None) -> Domain:
    """Find a built-in domain by name; "projection" is the one with `CertifiedStudy`.

    Raises:
        ValueError: if there is none.
    """
    if isinstance(given, Domain):
        return given
    known = {claim.domain.name: claim.domain for claim in REGISTRY} | {PROJECTION.name: PROJECTION}
    if given not in known:
        raise ValueError(f"domain: there is no {given!r}; known are {', '.join(known)}")
    return known[given]


def is_built_in(domain: Domain) -> bool:
    """Whether its instances are prepared by w2sjax, so that their numbers carry errors of their own."""
    return domain == PROJECTION or any(domain == claim.domain for claim in REGISTRY)


def refuse_constant(claims: str, domain: Domain, variant: Any = None) -> None:
    """Refuse the domain of some claims if its instances are all one, or do not come from their key.

    A domain of few instances passes: where two keys give the same one, `SAMPLE` keys are tried. So
    does one of NaN alone, which is counted as invalid.

    Raises:
        ValueError: with the reason.
    """
    first, second, *_ = keys = jax.random.split(jax.random.key(0), SAMPLE)
    drawn = domain.draw(first, variant)
    advice = "; use jax.random with the key"
    if not _same(drawn, domain.draw(first, variant), nan=True):
        raise ValueError(
            f"{claims}: draw gives one key different instances: numbers that do not come from it, such as "
            f"numpy's, are drawn once, while tracing{advice}"
        )
    if not _same(drawn, domain.draw(second, variant)):
        return
    same = jax.jit(
        lambda given: jax.lax.map(lambda k: _same(drawn, domain.draw(k, variant)), given)
    )
    if jnp.all(same(keys)):
        raise ValueError(
            f"{claims}: draw gives {SAMPLE:,} different keys one and the same instance: it ignores its "
            f"key, or takes its numbers from elsewhere (numpy's are drawn once, while tracing){advice}"
        )


def _same(one: Any, other: Any, *, nan: bool = False) -> Bool[Array, ""]:
    """Whether two instances agree in every number; `nan`: whether NaN agrees with NaN."""
    pairs = zip(jax.tree.leaves(one), jax.tree.leaves(other), strict=True)
    return jnp.all(jnp.stack([jnp.all((a == b) | (nan & (a != a) & (b != b))) for a, b in pairs]))


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class CertifiedStudy(Study):
    r"""A study whose distances of students are those of the exact projections.

    A computed student $f$ is not the projection $p$, but its certificate bounds $\|f - p\|^2$ by its gap
    $\gamma$, so that $|d(p, g) - d(f, g)| \le \sqrt\gamma (2 \sqrt{d(f, g)} + \sqrt\gamma)$ for every $g$.
    With that in the error of every distance, any statement about projections can be judged.
    """

    def student_error(self, student: Projection | None = None) -> Rounded:
        r"""$d(p, f^*)$ of the projection that a student stands for; of $f_w$ by default."""
        student = self.student if student is None else student
        return _of_exact(super().student_error(student), student.gap)

    def misfit(self, student: Projection | None = None) -> Rounded:
        r"""$d(p, f_w)$ of the projection that a student stands for; of $f_w$ by default."""
        student = self.student if student is None else student
        return _of_exact(super().misfit(student), student.gap)

    def epsilon(self) -> Rounded:
        r"""$\varepsilon = d(f_s, f^*)$, the distance of the target from the class; needs "best"."""
        return self.student_error(self.best)


def _of_exact(distance: Rounded, gap: Float[Array, "*any"]) -> Rounded:
    off = jnp.sqrt(gap) * (1 + 8 * float(jnp.finfo(gap.dtype).eps))
    return distance.perturbed(off * (2 * jnp.sqrt(distance.upper()) + off))


def _prepare(instance: ProjectionInstance, needs: tuple[str, ...]) -> CertifiedStudy:
    found = study.prepare(instance, needs)
    return CertifiedStudy(found.instance, found.student, found.students)


PROJECTION = dataclasses.replace(study.DOMAIN, prepare=_prepare)
