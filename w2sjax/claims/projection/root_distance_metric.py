r"""The root of the squared distance is a metric.

Setting. $f, g, h$ are any functions; $d(f, g) = \mathbb{E}(f - g)^2$.

Statement. $\sqrt{d(f, g)} \le \sqrt{d(f, h)} + \sqrt{d(h, g)}$.

Reference. Charikar, Pabbaraju, Shiragur (2024), Claim 5, arXiv:2405.15116.

Numerics. Only rounding. The three functions are the weak model, the target and a member that stands
between them in one instance of seven or so.
"""

import jax.numpy as jnp

from w2sjax.claims.claim import Claim
from w2sjax.claims.inequality import Inequality, compare
from w2sjax.claims.projection.study import DOMAIN, Study
from w2sjax.claims.projection.tight import overshooting_weak


def _distances(study: Study):
    weak, target, between = study.instance.weak, study.target, study.combination
    return (
        study.distance(weak, target),
        study.distance(weak, between),
        study.distance(between, target),
    )


def check(study: Study) -> Inequality:
    """Compare the direct way with the way through a third function."""
    direct, first, second = _distances(study)
    return compare(direct.sqrt(), first.sqrt() + second.sqrt(), cancelled=jnp.sqrt(study.size()))


def false_twin(study: Study) -> Inequality:
    """Leave out the roots: squared distances do not satisfy the triangle inequality."""
    direct, first, second = _distances(study)
    return compare(direct, first + second)


CLAIM = Claim(
    name="root_distance_metric",
    title="Claim 5: the root of d is a metric",
    statement=r"\sqrt{d(f, g)} \le \sqrt{d(f, h)} + \sqrt{d(h, g)}",
    reference="Charikar, Pabbaraju, Shiragur (2024), Claim 5, arXiv:2405.15116",
    domain=DOMAIN,
    hypotheses={},
    check=check,
    false_twin=false_twin,
    tight_at=overshooting_weak,
)
