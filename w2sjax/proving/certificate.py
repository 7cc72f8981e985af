r"""Certificates: a form is at least 0, as a sum of conditions with multipliers and of squares; their checker.

The identity $\text{claimed} = \sum_i \lambda_i \cdot \text{condition}_i + \sum_k d_k \|v_k\|^2$ with
$\lambda_i \ge 0$ (any sign for equations) and $d_k > 0$ is a proof. The checker expands it and compares every
coefficient. It needs `fractions` alone and never sees how a certificate was found.
"""

import dataclasses
from fractions import Fraction
from typing import Any

from w2sjax.proving.forms import Form, number, product, square
from w2sjax.proving.statements import Condition, Slack, Statement

Combination = tuple[tuple[str, Fraction], ...]  # a vector, as a file and a set can hold it


class WrongCertificateError(ValueError):
    """A certificate that proves nothing; says what is wrong."""


@dataclasses.dataclass(frozen=True)
class Certificate:
    """A proof that a form is at least 0.

    Attributes:
        claimed: the form.
        used: conditions with their multipliers.
        squares: vectors whose squared norms are added, with their factors.
        positive: proofs that forms are at least 0 that were made by squaring a root.
    """

    claimed: Form
    used: tuple["Used", ...]
    squares: tuple[tuple[Fraction, Combination], ...]
    positive: tuple["Certificate", ...] = ()


@dataclasses.dataclass(frozen=True)
class Used:
    """A condition in a proof.

    Attributes:
        multiplier: how often it is added.
        condition: of the statement, or one about a root: see `about_roots`.
        because: what it rests on.
    """

    multiplier: Fraction
    condition: Condition
    because: tuple[Certificate, ...] = ()


def above_zero(root: str) -> Condition:
    """A root is at least 0."""
    return Condition("root", (root,), number(root))


def above_product(root: str, sign: int, left: Combination, right: Combination) -> Condition:
    r"""Cauchy-Schwarz: $\sqrt{AB} \ge \pm\langle x, y \rangle$, if $A \ge \|x\|^2$ and $B \ge \|y\|^2$."""
    inside = number(root) - product(dict(left), dict(right)) * sign
    return Condition("product", (root, sign, left, right), inside)


def below_mean(
    root: str, shares: tuple[Fraction, Fraction, Fraction], factors: tuple[Form, Form]
) -> Condition:
    r"""Weighted means: $2q\sqrt{AB} \le pA + rB$ if $p, r \ge 0$, $q^2 \le pr$ and $A, B \ge 0$."""
    p, q, r = shares
    return Condition(
        "mean", (root, *shares), factors[0] * p + factors[1] * r - number(root) * (2 * q)
    )


def check(statement: Statement, slack: Slack, certificate: Certificate) -> None:
    """Check that a certificate proves an inequality of a statement.

    Raises:
        WrongCertificateError: if it does not.
    """
    if slack.unknown or certificate.claimed != slack.form:
        raise WrongCertificateError("it proves something else than what is claimed")
    if tuple(one.claimed for one in certificate.positive) != slack.positive:
        raise WrongCertificateError("a form under a root is not shown to be at least 0")
    for one in (certificate, *certificate.positive):
        _check(statement, one)


def _check(statement: Statement, certificate: Certificate) -> None:
    left = certificate.claimed
    for one in certificate.used:
        if one.multiplier < 0 and not one.condition.equality:
            raise WrongCertificateError(f"an inequality with the multiplier {one.multiplier}")
        _check_condition(statement, one)
        left = left - one.condition.form * one.multiplier
    for factor, vector in certificate.squares:
        if factor <= 0:
            raise WrongCertificateError(f"a square with the factor {factor}")
        left = left - square(dict(vector)) * factor
    if left != Form():
        raise WrongCertificateError(f"the sum differs from what is claimed by {left.terms}")


def _check_condition(statement: Statement, one: Used) -> None:
    condition, about = one.condition, one.condition.about
    if condition in statement.conditions:
        return
    rebuilt: Condition | None = None
    shown: Any = None
    if about[0] in statement.roots:
        factors = statement.roots[about[0]]
        match condition.kind:
            case "root":
                rebuilt, shown = above_zero(about[0]), ()
            case "product":
                root, sign, *vectors = about
                rebuilt = above_product(root, sign, *vectors)
                shown = tuple(
                    factor - square(dict(vector))
                    for factor, vector in zip(factors, vectors, strict=True)
                )
                if sign not in (1, -1):
                    raise WrongCertificateError(f"a sign {sign}")
            case "mean":
                root, p, q, r = about
                rebuilt, shown = below_mean(root, (p, q, r), factors), factors
                if min(p, q, r) < 0 or q * q > p * r:
                    raise WrongCertificateError(f"no weights of a mean: {p}, {q}, {r}")
    if shown is None or condition != rebuilt:
        raise WrongCertificateError(f"no condition of the statement: {condition.kind} {about}")
    if tuple(proof.claimed for proof in one.because) != shown:
        raise WrongCertificateError(f"what {condition.kind} {about} rests on is not shown")
    for proof in one.because:
        _check(statement, proof)
