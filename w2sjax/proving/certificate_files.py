"""Certificates as plain objects, for files; rationals as text."""

from typing import Any

from w2sjax.arithmetic.rationals import parse
from w2sjax.language.files import marked, unmarked
from w2sjax.proving.certificate import Certificate, Used
from w2sjax.proving.forms import Form
from w2sjax.proving.statements import Condition


def plain(one: Certificate) -> dict[str, Any]:
    """Give a certificate as plain objects."""
    return {
        "claimed": _form(one.claimed),
        "used": [
            {
                "multiplier": str(used.multiplier),
                "kind": used.condition.kind,
                "about": marked(used.condition.about),
                "form": _form(used.condition.form),
                "equality": used.condition.equality,
                "because": [plain(proof) for proof in used.because],
            }
            for used in one.used
        ],
        "squares": [[str(factor), marked(vector)] for factor, vector in one.squares],
        "positive": [plain(proof) for proof in one.positive],
    }


def as_certificate(fields: dict[str, Any]) -> Certificate:
    """Read a certificate.

    Raises:
        ValueError, TypeError, LookupError: for what is none.
    """
    return Certificate(
        _read_form(fields["claimed"]),
        tuple(
            Used(
                parse(used["multiplier"], 0),
                Condition(
                    str(used["kind"]),
                    unmarked(used["about"]),
                    _read_form(used["form"]),
                    bool(used["equality"]),
                ),
                tuple(map(as_certificate, used["because"])),
            )
            for used in fields["used"]
        ),
        tuple((parse(factor, 0), unmarked(vector)) for factor, vector in fields["squares"]),
        tuple(map(as_certificate, fields["positive"])),
    )


def _form(one: Form) -> list[Any]:
    return [[list(key), str(share)] for key, share in one.terms]


def _read_form(rows: Any) -> Form:
    return Form(tuple((tuple(map(str, key)), parse(share, 0)) for key, share in rows))
