"""A verification as it might come out, for tests of how it is shown."""

from w2sjax.verification.tally import Verification


def verified(claim="misfit_gain", set_="simplex", **changes):
    """Make one; `changes` are of its fields."""
    columns = {"holds": 9, "equal": 5, "undecided": 1, "invalid": 2, "violated": 3}
    record = {
        "claim": claim, "set": set_, "instances": 20, **columns, "least_slack": -0.125,
        "least_slack_index": 7, "tightness": 1.5, "strata": {"weak:near": columns},
        "seconds": 0.5, "compile_seconds": 2.0, "seed": 0, "dtype": "float64",
        "device": "cpu", "versions": {"jax": "0.10"},
    }  # fmt: skip
    return Verification(**(record | changes))
