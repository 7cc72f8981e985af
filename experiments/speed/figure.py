"""Where the time goes in `misfit_gain` at the published schedules: compile, pretrain, heads, judge.

Beside it the time that training the same networks and heads one step after another would take at the
speeds measured of the authors' notebook on two cores: 0.77 and 0.28 ms a step of the deep and of the
shallow network, 0.23 ms a step of a head. Run `python -m experiments.speed.figure [--preset P]`.
"""

import json
import tempfile
import time
from pathlib import Path

import jax
from rich.console import Console

from experiments import misfit_gain
from experiments._run import parser_of, table_of

MILLISECONDS = {"deep": 0.77, "shallow": 0.28, "head": 0.23}


def main(arguments: list[str] | None = None) -> int:
    """Run the study in a folder of its own and print its stages."""
    parser = parser_of(__doc__)
    parser.add_argument("--preset", choices=misfit_gain.PRESETS, default="paper")
    given = parser.parse_args(arguments)
    compiled = [0.0]

    def listen(event: str, duration_secs: float, **_: str | int) -> None:
        if "backend_compile" in event:
            compiled[0] += duration_secs

    jax.monitoring.register_event_duration_secs_listener(listen)
    start = time.perf_counter()
    try:
        with tempfile.TemporaryDirectory() as folder:
            misfit_gain.main(["--preset", given.preset, "--out", folder])
            seconds = json.loads((Path(folder) / "manifest.json").read_text())["seconds"]
    finally:
        jax.monitoring.unregister_event_duration_listener(listen)
    total = time.perf_counter() - start
    config = misfit_gain.PRESETS[given.preset]
    learners = config.learners
    many = learners.tasks * learners.schedule.steps(learners.points) * learners.schedule.epochs
    few = learners.few_tasks * learners.few_schedule.steps(learners.few_points)
    few *= learners.few_schedule.epochs
    heads = 2 * config.tasks * config.heads.steps(config.points) * config.heads.epochs
    sequential = {
        f"pretrain {network}{kind}": steps * MILLISECONDS[network] / 1e3
        for kind, steps in (("", many), ("_few", few))
        for network in ("deep", "shallow")
    }
    for stage in seconds:
        if stage.startswith("exact heads"):
            sequential[stage] = heads * MILLISECONDS["head"] / 1e3
    rows = [
        (name, f"{value:.1f}", f"{sequential[name]:,.0f}")
        for name, value in seconds.items()
        if name in sequential
    ]
    rows.append(("of these, compiling", f"{compiled[0]:.1f}", ""))
    rows.append(("all, figure drawn", f"{total:.1f}", f"{sum(sequential.values()):,.0f}"))
    columns = ("stage", "seconds", "one step after another")
    caption = "Trainings run two at a time. The stages of heads fit and judge 100 tasks each."
    table = table_of(f"misfit_gain, {given.preset}: seconds", columns, rows, caption=caption)
    table.rows[-3].end_section = True
    Console().print(table)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
