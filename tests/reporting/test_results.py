"""Results as pages, in notebooks and in terminals: verify, falsify, prove, audit; without matplotlib too."""

import json
import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from parsed_pages import HOSTILE, Parsed
from rich.console import Console, Group
from typer.testing import CliRunner
from verifications import verified

import w2sjax
from w2sjax import REGISTRY, Budget
from w2sjax.cli import app
from w2sjax.language.names import nearest
from w2sjax.projecting.sets import L2Ball
from w2sjax.reporting.terminal import laid_out
from w2sjax.verification.tables import WIDE, by_claim, by_set, chances, not_fine
from w2sjax.verification.tally import Verifications

LONGEST = max((claim.name for claim in REGISTRY), key=len)
FILE = """
from w2sjax import Claim
from w2sjax.settings.projection import CONVEX, EXACT, PROJECTION, REALIZABLE, d, student, target, weak
_x = Claim(title="<b>t</b>", source="<i>s</i>", setting=PROJECTION, assumptions=(CONVEX, REALIZABLE, EXACT),
           claim=d(student, target) <= d(weak, target), name="<u>&f_w")
"""


FINE = {"violated": 0, "undecided": 0, "invalid": 0, "least_slack": 0.25, "tightness": 0.75}
RESULTS = Verifications(
    [
        verified(set_="subspace", **FINE),
        verified(instances=20_000, holds=12_345, equal=4_000, undecided=655, violated=3_000),
        verified("root_distance_metric", "box:[1,2]", **FINE, instances=1_000_000, holds=999_999),
        verified(LONGEST, "none", **FINE, failure=0.1, failure_interval=(0.0, 0.02)),
    ]
)


def printed(*blocks, width):
    console = Console(width=width, no_color=True)
    with console.capture() as capture:
        console.print(Group(*laid_out(blocks)))
    return capture.get()


@pytest.mark.parametrize(("where", "width"), [(True, WIDE), (False, 80)])
def test_sets_are_folded_together(where, width):
    text = printed(by_claim(RESULTS, where=where), width=width)
    lines = [line.split() for line in text.splitlines()]
    assert max(map(len, text.splitlines())) <= width
    assert text.startswith("1,020,040 checks: 3,000 violated")
    folded = ["misfit_gain", "12354", "4005", "657", "3000", "-0.12", "1.5000"]
    assert [*folded, *["simplex"] * where] in lines
    assert [LONGEST, "9", "5", "0", "0", "0.25", "0.7500"] in lines
    assert sum(line[:1] == ["misfit_gain"] for line in lines) == 1


def test_what_is_not_fine_is_spelled_out_by_set():
    violated, invalid = not_fine(RESULTS)
    simplex = "misfit_gain, simplex: "
    assert violated == f"{simplex}3,000 of 20,000 violated, least slack -0.12 (instance 7)"
    assert invalid.startswith(f"{simplex}2 of 20,000 invalid")
    (chance,) = chances(RESULTS)
    assert (
        chance == f"{LONGEST}: fails with probability 0 to 0.02 (99 % confidence); 0.1 is allowed"
    )
    sets = [verified(LONGEST, name, failure=0.1, failure_interval=interval)
            for name, interval in (("a", (0.2, 0.3)), ("b", (0.0, 0.1)), ("c", (0.3, 0.4)))]  # fmt: skip
    assert [line.split(":")[0] for line in chances(sets)] == [f"{LONGEST}, a", f"{LONGEST}, c"]


def test_every_set_has_a_row_in_80_columns():
    text = printed(by_set(RESULTS), width=80)
    assert max(map(len, text.splitlines())) <= 80
    lines = [line.split() for line in text.splitlines()]
    assert ["misfit_gain"] in lines
    assert ["simplex", "12345", "4000", "657", "(3.29%)", "3000", "-0.12", "1.5000"] in lines
    assert ["box:[1,2]", "999999", "5", "0", "0", "0.25", "0.7500"] in lines


def test_verify_writes_a_page_that_says_what_made_it(tmp_path):
    arguments = ["verify", "misfit_gain", "--drop", "realizability", "--set", "subspace",
                 "--instances", "500", "--checkpoint", str(tmp_path / "done"),
                 "--out", str(tmp_path)]  # fmt: skip
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 1 and "misfit_gain, subspace: " in done.output
    parsed = Parsed((tmp_path / "verify.html").read_text())
    (row,) = json.loads((tmp_path / "verify.json").read_text())
    assert parsed.loads() == [] and str(row["violated"]) in parsed.text
    for words in (
        f"w2sjax {' '.join(arguments)}",
        jax.__version__,
        "What is guaranteed",
        "Refuted",
    ):
        assert words in parsed.text
    by_sets = CliRunner().invoke(app, [*arguments[:-2], "--by-set"])
    assert "claim and set" in by_sets.output and "claim and set" not in done.output


def test_a_hostile_claim(tmp_path):
    (tmp_path / "mine.py").write_text(FILE)
    out = tmp_path / "out"
    place = f"{tmp_path / 'mine.py'}::_x"
    done = CliRunner().invoke(
        app, ["verify", place, "--set", "subspace", "--instances", "20", "--out", str(out)]
    )
    assert done.exit_code == 0, done.output
    parsed = Parsed((out / "verify.html").read_text())
    assert parsed.text.count("<u>&f_w") >= 4 and not {"u", "i", "b"} & set(parsed.tags)


@pytest.fixture
def data(tmp_path):
    generator = np.random.default_rng(0)
    features = generator.normal(size=(30, 2))
    target = features @ np.ones(2) + generator.normal(size=30)
    weak = np.stack([features[:, 0] + 3, target + generator.normal(size=30)])
    names = np.array([HOSTILE, "other"])
    path = tmp_path / "data.npz"
    np.savez(path, strong_features=features, weak_predictions=weak, target=target, weak_names=names)
    return path


def test_an_audit_is_a_page_and_its_zeros_are_zero(data, tmp_path):
    arguments = ["audit", str(data), "--bootstrap", "5", "--out", str(tmp_path)]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    parsed = Parsed((tmp_path / "audit.html").read_text())
    assert parsed.loads() == [] and HOSTILE in parsed.text and "svg" in parsed.tags
    assert "img" not in parsed.tags
    linear, other = json.loads((tmp_path / "audit.json").read_text())["models"]
    assert 0 < linear["misfit"] < 1e-20 and linear["guaranteed_gain"] != 0
    assert other["doubts"]["misfit"] < 1e-6 * other["misfit"]
    # the weak model in the class: everything but its errors, epsilon and the bound that is proved, the
    # gap, is 0, also its intervals
    rows = [line.split()[-7:] for line in done.output.splitlines()]
    (row,) = [row for row in rows if row and row[0] == "0" and row[4] == "0"][:1]
    assert 0 < float(row[1]) < 1e-20 and row[6] == "0" and float(row[2]) == float(row[3]) > 0
    assert f"{other['gain']:.4g}" in done.output
    assert not any("e-" in cell for row in rows for cell in (*row[:1], *row[2:]))


def test_without_matplotlib_the_rest_is_written(data, tmp_path, monkeypatch):
    from w2sjax.reporting import pictures

    real = pictures.importlib.util.find_spec
    monkeypatch.setattr(pictures.importlib.util, "find_spec",
                        lambda name: None if name == "matplotlib" else real(name))  # fmt: skip
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    done = CliRunner().invoke(app, ["audit", str(data), "--out", str(tmp_path / "a")])
    assert done.exit_code == 0, done.output
    assert "no pictures: matplotlib is not installed; pip install 'w2sjax[audit]'" in done.output
    names = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert names == ["audit.html", "audit.json", "audit.txt"]
    assert "svg" not in Parsed((tmp_path / "a" / "audit.html").read_text()).tags
    arguments = ["prove", "misfit_gain", "--drop", "exactness", "--out", str(tmp_path / "p")]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 1 and "no pictures" in done.output, done.output
    assert (tmp_path / "p" / "prove.html").exists()


def test_a_counterexample_shows_itself(tmp_path):
    found = w2sjax.falsify("misfit_gain", drop="realizability", sets=["subspace"],
                           budget=Budget(0, 300, 0), shrink_seconds=1)  # fmt: skip
    assert found.counterexample is not None
    for result in (found, found.counterexample):
        parsed = Parsed(result._repr_html_())
        assert "sides are" in parsed.text and "two independent programs" in parsed.text
        assert "table" in parsed.tags
    from w2sjax.falsification.files import write_all

    write_all([found], tmp_path, every=False, command="w2sjax falsify misfit_gain")
    parsed = Parsed((tmp_path / "falsify.html").read_text())
    assert parsed.loads() == [] and "svg" in parsed.tags and "falsify misfit_gain" in parsed.text


def test_a_proof_and_a_claim_show_themselves(tmp_path):
    proof = w2sjax.prove("gain_floor")
    parsed = Parsed(proof._repr_html_())
    for words in ("gain_floor: proved", "2 ×", "fsw is the projection of fw on V", "a square"):
        assert words in parsed.text
    claim = proof.claim
    assert claim._repr_latex_() == r"$\displaystyle d(f_{sw}, f^*) \le d(f_w, f^*) + d(f_s, f^*)$"
    console = Console(width=100, no_color=True)
    with console.capture() as capture:
        console.print(claim, proof)
    assert "d(f_sw, f*) ≤ d(f_w, f*) + d(f_s, f*)" in capture.get()


def test_verifications_and_projections_show_themselves():
    for result in (RESULTS, RESULTS[1]):
        parsed = Parsed(result._repr_html_())
        assert "3000" in parsed.text and "Refuted: misfit_gain" in parsed.text
    assert "Nothing was checked" in Verifications()._repr_html_()
    features = jnp.asarray(np.random.default_rng(0).normal(size=(20, 3)))
    strong = w2sjax.hypothesis_class(L2Ball(jnp.asarray(0.2)), features)
    found = w2sjax.project(strong, features[:, 0])
    assert "CERTIFIED" in Parsed(found._repr_html_()).text
    many = jax.vmap(lambda y: w2sjax.project(strong, y))(features.T)
    assert "3 CERTIFIED" in Parsed(many._repr_html_()).text


@pytest.mark.parametrize(
    ("arguments", "near"),
    [
        (["verify", "misfit_gian"], "did you mean 'misfit_gain'"),
        (["verify", "misfit_gain", "--set", "l2_bal:1"], "did you mean 'l2_ball' or 'l1_ball'"),
        (["verify", "misfit_gain", "--drop", "Realisability"], "did you mean 'realizability'?"),
        (["verfy"], "verify"),
    ],
)
def test_errors_name_the_nearest(arguments, near):
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 2 and near in done.stderr, done.stderr


def test_far_names_list_all():
    assert nearest("zzz", ["a", "b"]) == "known are a, b" and nearest("a", []) == "known are none"


@pytest.mark.parametrize("command", ["verify", "falsify", "prove", "sharpen", "replay", "list",
                                     "doctor", "audit"])  # fmt: skip
def test_every_command_has_an_example(command):
    done = CliRunner().invoke(app, [command, "--help"])
    assert f"Example: w2sjax {command}" in done.output
    assert "--install-completion" in CliRunner().invoke(app, ["--help"]).output
