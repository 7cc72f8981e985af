"""The claim on the detected density as data: its failure probability is at most what is promised."""

from w2sjax.falsification.statement import Statement, coefficients

STATEMENTS = {
    "detection_concentration": Statement(
        "detection_concentration",
        "detection",
        coefficients("far"),
        coefficients("delta"),
        hypotheses=("i.i.d. points", "one direction", "hard coordinates only"),
        sets=(),
    )
}

TWINS = {
    # The deviation falls like 1/n.
    "detection_concentration": STATEMENTS["detection_concentration"].changed(
        lhs={"far": 0, "far_fast": 1}
    )
}
