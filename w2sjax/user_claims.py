r"""Claims of one's own: a bound in a few lines, with the treatment that the theorems get.

`claim` turns a function that computes both sides into a `Claim`, which `verify` takes like any other and
the command line finds in a file (`w2sjax verify my_bounds.py::my_claim`).

**Sides and what is known of their error.** A check may return

* `(lhs, rhs)` as plain numbers, if the instances are one's own: the code is traced and every rounding in
  it bounded (`w2sjax.running_error`). The drawn numbers themselves are taken as exact, so what the
  statement asks of them must hold for them exactly; normalise in the check, where it is tracked. A
  constant such as 0.2 stands for what was meant by it (`w2sjax.constants`).
* `(lhs, rhs)` as `Rounded` numbers (`w2sjax.rounding`), as the methods of the built-in studies give.
* `(lhs, rhs, tolerance)`: plain numbers and a bound on the error of rhs - lhs that its author vouches for.
* an `Inequality`, to say everything.

Nothing is compared with a typed-in tolerance: what the errors do not decide is undecided.

`falsify` needs the statement in exact numbers, and derives it from the code: the check is run on symbols
where the instances are projections, and traced where they are one's own.
"""

import dataclasses
import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax.numpy as jnp

from w2sjax._where import failure
from w2sjax.claims import REGISTRY
from w2sjax.claims.claim import Claim, Domain, Hypothesis
from w2sjax.claims.inequality import Inequality, compare
from w2sjax.claims.projection.study import Study
from w2sjax.rounding import Rounded
from w2sjax.running_error import rounded
from w2sjax.sets import SETS
from w2sjax.user_domains import domain_of, is_built_in, own_domain

Check = Callable[[Any], Any]


def claim(
    *,
    draw: Callable[..., Any] | None = None,
    domain: str | Domain | None = None,
    name: str | None = None,
    title: str | None = None,
    statement: str = "",
    reference: str = "stated by its user",
    hypotheses: Sequence[str] | Mapping[str, Hypothesis] = (),
    sets: Sequence[str] | None = None,
    needs: Sequence[str] = ("projection",),
    identity: bool = False,
    failure: float | None = None,
    false_twin: Check | None = None,
    tight_at: Callable[[], Any] | None = None,
    valid: Callable[[Any], Any] | None = None,
) -> Callable[[Check], Claim]:
    r"""Decorate a function of an instance that returns both sides of lhs $\le$ rhs: it becomes a `Claim`.

    Args:
        draw: `draw(key)` makes an instance, a tree of arrays of fixed shapes: one's own kind of instance.
        domain: instead of `draw`, a built-in kind of instance: "projection" (the check gets a
            `CertifiedStudy`), "sampling", "expansion", "selection" and others (an unknown name lists
            them), or a `Domain`.
        name, title: the function's name and the first line of its docstring by default.
        statement: LaTeX.
        reference: where it is from.
        hypotheses: which of the domain's hypotheses are imposed, by name, or hypotheses of one's own;
            each can then be dropped.
        sets: names of the convex sets it is stated for, where the domain has any; all by default.
        needs: the students that the study of a built-in domain must prepare.
        identity: whether lhs = rhs is claimed.
        failure: delta, for a statement with probability at least 1 - delta.
        false_twin: a stronger, false statement of the same form, computed like the check.
        tight_at: makes an instance where equality is attained.
        valid: whether the statement is about a drawn instance, as a truth value: what `draw` can give.
            `falsify` then tries instances with short numbers and makes counterexamples small; without it
            nothing but what was drawn counts.

    Raises:
        ValueError: for neither or both of `draw` and `domain`, an unknown domain, hypothesis or set,
            or `valid` without `draw`.
            Later, while a check is traced: if it fails or what it returns is none of the above.
    """
    if (draw is None) == (domain is None):
        raise ValueError("claim: expected one of draw= (instances of your own) and domain=")
    if valid is not None and draw is None:
        raise ValueError("valid: says what draw= can give; instances of a domain are valid")
    place = own_domain(draw) if draw is not None else domain_of(domain)
    if failure is not None and not 0 < failure < 1:
        raise ValueError(f"failure: expected a probability strictly between 0 and 1, got {failure}")
    named = _hypotheses(place, hypotheses)
    stated_for = _sets(place, draw is not None, sets)

    def decorate(check: Check) -> Claim:
        label = name or getattr(check, "__name__", "claim")
        described = inspect.getdoc(check) or label
        stated = Claim(
            name=label,
            title=title or described.splitlines()[0],
            statement=statement,
            reference=reference,
            domain=place,
            hypotheses=named,
            check=_judge(label, "check", check, place, identity),
            false_twin=_judge(label, "false_twin", false_twin, place, identity),
            tight_at=tight_at,
            sets=stated_for,
            needs=_names(needs),
            failure=failure,
        )
        written = {False: _stated(check), True: _stated(false_twin)}
        exact = functools.partial(_exact, stated, written, identity, valid)
        return dataclasses.replace(stated, exact=exact)

    return decorate


def _stated(function: Check | None) -> Check | None:
    """Find the user's function where a claim's own `check` is given for another claim's twin."""
    return getattr(function, "stated", function)


def _exact(stated: Claim, written, identity, valid, drop: str | None, twin: bool) -> Any:
    """Put the claim, or its twin, into exact terms."""
    from w2sjax.falsification.own import exact_statement

    return exact_statement(stated, written[twin], identity=identity, valid=valid, drop=drop)


def _names(given: Sequence[str]) -> tuple[str, ...]:
    """One name, or several."""
    return (given,) if isinstance(given, str) else tuple(given)


def _registered(domain: Domain) -> list[Claim]:
    """List the registered claims about the same instances."""
    return [known for known in REGISTRY if known.domain.draw == domain.draw]


def _sets(domain: Domain, own: bool, sets) -> tuple[str, ...] | None:
    known = _registered(domain)
    if own or (known and all(claim.sets == () for claim in known)):
        if sets:
            raise ValueError(f"sets: instances of {domain.name!r} come without a convex set")
        return ()
    if sets is None:
        return None
    for name in _names(sets):
        if name not in SETS:
            raise ValueError(f"sets: there is no {name!r}; known are {', '.join(SETS)}")
    return _names(sets)


def _hypotheses(domain: Domain, given) -> dict[str, Hypothesis]:
    """Look names up among the hypotheses that registered claims on the domain have."""
    if isinstance(given, Mapping):
        return dict(given)
    known: dict[str, list[Hypothesis]] = {}
    for claim in _registered(domain):
        for name, hypothesis in claim.hypotheses.items():
            if hypothesis not in known.setdefault(name, []):
                known[name].append(hypothesis)
    for name in _names(given):
        if name not in known:
            names = ", ".join(known) or "none"
            raise ValueError(f"hypotheses: {domain.name} has no {name!r} (it has: {names})")
        if len(known[name]) > 1:
            raise ValueError(
                f"hypotheses: {domain.name} has several {name!r}; pass the one that is meant, "
                f"{{{name!r}: claim.hypotheses[{name!r}]}}"
            )
    return {name: known[name][0] for name in _names(given)}


def _judge(label, role, function, domain, identity) -> Callable[[Any], Inequality]:
    """Make an `Inequality` of whatever the function returns."""

    def inequality(prepared: Any) -> Inequality:
        """Compute both sides of a user's statement."""
        if function is None:
            raise ValueError(f"{label}: no false twin is stated (false_twin=)")
        try:
            return _sides(function, prepared, domain, identity)
        except KeyError as error:
            hint = "; needs= names the students to prepare" if is_built_in(domain) else ""
            raise failure(error, function, f"{label}: {role} failed{hint}") from error
        except Exception as error:
            raise failure(error, function, f"{label}: {role} failed") from error

    inequality.stated = function  # type: ignore[attr-defined]
    return inequality


def _sides(function: Check, prepared: Any, domain: Domain, identity: bool) -> Inequality:
    found = _parts(function, prepared)
    if isinstance(found, Inequality):
        return found
    left, right = found[:2]
    kinds = [isinstance(side, Rounded) for side in found]
    if kinds == [True, True]:
        cancelled = prepared.size() if isinstance(prepared, Study) else 0.0
        return compare(left, right, cancelled=cancelled, identity=identity)
    if any(kinds):
        raise ValueError(
            "Rounded sides come as two; w2sjax.rounding.exact(x) makes one of a number"
        )
    if len(found) == 3:
        return Inequality(left, right, found[2], jnp.abs(left) + jnp.abs(right), identity)
    if is_built_in(domain):
        raise ValueError(
            "plain numbers leave out how far the computed students are from the exact ones; build the "
            "sides from the study's methods, or return (lhs, rhs, tolerance)"
        )
    left, right = rounded(lambda given: tuple(map(_number, function(given))), prepared)
    return compare(left, right, identity=identity)


def _parts(function: Check, prepared: Any) -> Inequality | tuple[Any, ...]:
    """Call the check and refuse what is not a way to state both sides."""
    found = function(prepared)
    if isinstance(found, Inequality):
        return found
    if not isinstance(found, tuple) or len(found) not in (2, 3):
        raise ValueError(
            "expected (lhs, rhs), (lhs, rhs, tolerance) or an Inequality, got "
            f"{type(found).__name__}{f' of {len(found)}' if isinstance(found, tuple) else ''}"
        )
    return tuple(_scalar(side) if isinstance(side, Rounded) else _number(side) for side in found)


def _number(side: Any) -> Any:
    array = jnp.asarray(side)
    if array.shape != () or jnp.issubdtype(array.dtype, jnp.complexfloating):
        raise ValueError(
            f"expected a real number on either side, got {array.dtype} of shape {array.shape}"
        )
    return array.astype(jnp.result_type(float))


def _scalar(side: Rounded) -> Rounded:
    if side.value.shape != ():
        raise ValueError(f"expected a number on either side, got an array of {side.value.shape}")
    return side
