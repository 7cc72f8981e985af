"""What CONTRIBUTING.md adds works: its files and changes, made to a copy, pass through everything."""

import json
import re
import shutil
from pathlib import Path

import pytest
from package_copy import ROOT, copied, run_in

PAGE = (ROOT / "CONTRIBUTING.md").read_text()
BLOCKS = re.findall(r"^```(python|diff)\n# (\S+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
SCRIPT = """
import json
from pathlib import Path
import jax
jax.config.update("jax_enable_x64", True)
import w2sjax
from experiments.__main__ import main
from w2sjax.verification.report import claims_text

assert Path(w2sjax.__file__).is_relative_to(Path.cwd())
found = {"listed": claims_text(), "experiment": main(["ball_sizes", "--out", "sizes"])}
for name, sets in ("nonexpansiveness", ["cube"]), ("ambiguity", None):
    for twin in False, True:
        (said,) = w2sjax.verify(name, 0, sets=sets, instances=4000, twin=twin)
        found[name, twin] = said.violated, said.undecided
found["proved"] = w2sjax.prove("nonexpansiveness").outcome
budget = w2sjax.Budget(instances=4000, small=400, restarts=0, seconds=60)
named = {"sets": ["cube:2.5"], "budget": budget, "shrink_seconds": 1}
found["broken"] = w2sjax.falsify("misfit_gain", 0, drop="realizability", **named).found
print(json.dumps({str(name): value for name, value in found.items()}))
"""


def change(path: Path, text: str) -> None:
    """Replace the lines of each hunk that stay or go by those that stay or come."""
    whole = path.read_text()
    for hunk in text.split("@@\n"):
        lines = hunk.splitlines(keepends=True)
        before, after = ("".join(r[1:] for r in lines if r[0] in kept) for kept in (" -", " +"))
        assert whole.count(before) == 1, f"{path}: {before!r} is not there once"
        whole = whole.replace(before, after)
    path.write_text(whole)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    home = copied(tmp_path_factory.mktemp("copy"), "experiments", "figures")
    shutil.copytree(ROOT / "examples" / "contributing", home, dirs_exist_ok=True)
    for kind, place, text in BLOCKS:
        change(home / place, text) if kind == "diff" else (home / place).write_text(text)
    said = json.loads(run_in(home, "-c", SCRIPT).splitlines()[-1])
    return said | {"home": home}


def test_a_theorem_is_listed_checked_and_proved(found):
    assert "nonexpansiveness" in found["listed"]
    assert found["('nonexpansiveness', False)"] == [0, 0]
    assert found["('nonexpansiveness', True)"][0] > 0
    assert found["proved"] == "proved"


def test_a_set_is_searched_to_an_exact_counterexample(found):
    assert found["broken"]


def test_a_setting_has_its_claims(found):
    assert "ambiguity" in found["listed"]
    assert found["('ambiguity', False)"][0] == 0
    assert found["('ambiguity', True)"][0] > 0


def test_every_file_is_spoken_of():
    files = (ROOT / "examples" / "contributing").rglob("*.py")
    for path in files:
        place = path.relative_to(ROOT).as_posix()
        assert place in PAGE or (place.endswith("__init__.py") and len(path.read_text()) < 60), (
            place
        )


def test_an_experiment_writes_its_data(found):
    assert found["experiment"] == 0
    assert len((found["home"] / "sizes" / "misfits.csv").read_text().splitlines()) == 4
    assert (found["home"] / "sizes" / "manifest.json").exists()
