"""A JAX laboratory for the theorems of weak-to-strong generalization.

Public names are imported when they are first used, so that the command line starts at once.
"""

import importlib
from typing import TYPE_CHECKING

from w2sjax.machine import threads as threads

if TYPE_CHECKING:
    __version__: str

    from w2sjax.arithmetic.constants import exact as exact
    from w2sjax.arithmetic.inequality import Inequality as Inequality
    from w2sjax.arithmetic.inequality import Verdict as Verdict
    from w2sjax.auditing.audit import audit as audit
    from w2sjax.auditing.classification.audit import audit_classifiers as audit_classifiers
    from w2sjax.auditing.classification.data import classifier_data as classifier_data
    from w2sjax.auditing.classification.data import load_classifiers as load_classifiers
    from w2sjax.auditing.data import AuditData as AuditData
    from w2sjax.auditing.data import audit_data as audit_data
    from w2sjax.auditing.data import load as load
    from w2sjax.auditing.results import Audit as Audit
    from w2sjax.claims import REGISTRY as REGISTRY
    from w2sjax.falsification.budget import Budget as Budget
    from w2sjax.falsification.budget import Falsification as Falsification
    from w2sjax.falsification.counterexample import Counterexample as Counterexample
    from w2sjax.falsification.search import falsify as falsify
    from w2sjax.language.claims import Assumption as Assumption
    from w2sjax.language.claims import Claim as Claim
    from w2sjax.language.terms import unknown as unknown
    from w2sjax.projecting.certificate import Projection as Projection
    from w2sjax.projecting.certificate import ProjectionError as ProjectionError
    from w2sjax.projecting.certificate import Status as Status
    from w2sjax.projecting.certificate import raise_if_failed as raise_if_failed
    from w2sjax.projecting.certification import certify as certify
    from w2sjax.projecting.hypothesis import HypothesisClass as HypothesisClass
    from w2sjax.projecting.hypothesis import hypothesis_class as hypothesis_class
    from w2sjax.projecting.projection import project as project
    from w2sjax.projecting.sets import SETS as SETS
    from w2sjax.proving.proof import Proof as Proof
    from w2sjax.proving.proof import prove as prove
    from w2sjax.proving.sharpening import Sharpened as Sharpened
    from w2sjax.proving.sharpening import sharpen as sharpen
    from w2sjax.settings.drawn.decorator import claim as claim
    from w2sjax.verification.tally import Verification as Verification
    from w2sjax.verification.verifying import verify as verify

_HOME = {
    "Audit": "auditing.results",
    "AuditData": "auditing.data",
    "audit": "auditing.audit",
    "audit_classifiers": "auditing.classification.audit",
    "classifier_data": "auditing.classification.data",
    "load_classifiers": "auditing.classification.data",
    "audit_data": "auditing.data",
    "load": "auditing.data",
    "Projection": "projecting.certificate",
    "ProjectionError": "projecting.certificate",
    "Status": "projecting.certificate",
    "raise_if_failed": "projecting.certificate",
    "certify": "projecting.certification",
    "REGISTRY": "claims",
    "Assumption": "language.claims",
    "Claim": "language.claims",
    "Inequality": "arithmetic.inequality",
    "Verdict": "arithmetic.inequality",
    "exact": "arithmetic.constants",
    "Budget": "falsification.budget",
    "Falsification": "falsification.budget",
    "Counterexample": "falsification.counterexample",
    "falsify": "falsification.search",
    "HypothesisClass": "projecting.hypothesis",
    "hypothesis_class": "projecting.hypothesis",
    "project": "projecting.projection",
    "Proof": "proving.proof",
    "prove": "proving.proof",
    "Sharpened": "proving.sharpening",
    "sharpen": "proving.sharpening",
    "unknown": "language.terms",
    "SETS": "projecting.sets",
    "Verification": "verification.tally",
    "claim": "settings.drawn.decorator",
    "verify": "verification.verifying",
}


def __getattr__(name: str):
    if name == "__version__":
        from importlib import metadata

        return metadata.version("w2sjax")
    if name not in _HOME:
        raise AttributeError(f"module 'w2sjax' has no attribute {name!r}")
    return getattr(importlib.import_module(f"w2sjax.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(_HOME)
