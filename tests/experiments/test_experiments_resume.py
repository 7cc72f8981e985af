"""Experiments go on where a killed one was, for the same options, data and program alone."""

import dataclasses
from pathlib import Path

import jax
import pytest

from experiments import _run
from experiments._run import Run, experiment
from w2sjax.machine.records import Record


@dataclasses.dataclass(frozen=True)
class Config:
    """How many parts."""

    parts: int = 3


ASKED: list[str] = []  # what was computed
KILL: list[str] = []  # where to stop


@experiment({"quick": Config(), "more": Config(parts=4)}, data={"type": Path})
def study(run: Run):
    """Draw a number a part."""

    def draw(unit):
        if unit in KILL:
            raise KeyboardInterrupt
        ASKED.append(unit)
        return jax.random.normal(jax.random.fold_in(run.key, len(unit)), (2,))

    names = ["a" * (place + 1) for place in range(run.config.parts)]
    rows = [{"part": unit, "least": run.once(unit, lambda u=unit: draw(u)).min()} for unit in names]
    run.write(data=rows)
    return ()


@pytest.fixture
def call(tmp_path):
    """Run it in a folder; returns what was computed, and the table."""

    def called(*options, kill=None, code=0, out="out"):
        ASKED.clear()
        KILL[:] = [] if kill is None else [kill]
        arguments = ["--out", str(tmp_path / out), *map(str, options)]
        if kill is not None:
            with pytest.raises(KeyboardInterrupt):
                study(arguments)
            return list(ASKED), b""
        assert study(arguments) == code
        return list(ASKED), (tmp_path / out / "data.csv").read_bytes()

    return called


def test_a_killed_experiment_goes_on(call):
    whole = call(out="whole")
    assert whole[0] == ["a", "aa", "aaa"]
    assert call(kill="aa")[0] == ["a"] and call(kill="aaa")[0] == ["aa"]
    assert call() == (["aaa"], whole[1]) and call() == ([], whole[1])


def test_what_is_asked_otherwise_begins_anew(call, tmp_path, monkeypatch):
    data = tmp_path / "data.csv"
    data.write_text("1")
    call("--data", data)
    assert call("--data", data)[0] == []
    data.write_text("2")
    assert call("--data", data)[0] and call("--seed", "1")[0] and call("--preset", "more")[0]
    assert call("--data", data)[0] == []
    monkeypatch.setattr(_run, "code", lambda folder: "another text")
    assert call("--data", data)[0]


def test_a_damaged_record_is_one_line(call, tmp_path, capsys):
    _, table = call()
    damaged, *_ = (tmp_path / "out" / "progress").glob("*/*")
    damaged.write_text("{")
    capsys.readouterr()
    assert call(code=2) == ([], table)
    said = capsys.readouterr().err
    assert said.startswith(f"error: checkpoint: {damaged} cannot be read") and said.count("\n") == 1


def test_a_full_disk_is_one_line_and_leaves_what_was_there(call, capsys, monkeypatch):
    _, table = call()

    def full(*_):
        raise OSError("no space left")

    monkeypatch.setattr(Record, "keep", full)
    capsys.readouterr()
    assert call("--seed", "1", code=2)[1] == table
    assert capsys.readouterr().err == "error: no space left\n"
