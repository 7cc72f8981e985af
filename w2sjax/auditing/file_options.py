"""Options of the command line that say which array, tensor or column of a file serves which purpose."""

from typing import Annotated

import typer

Names = list[str] | None
Arrays = Annotated[
    Names,
    typer.Option(
        "--array", help="An array of another name, as strong_features=layer_20; repeatable."
    ),
]
StrongColumns = Annotated[
    Names, typer.Option(help="Feature columns of a table; globs; repeatable.")
]
WeakColumns = Annotated[Names, typer.Option(help="Weak predictions in a table; globs; repeatable.")]
ProbabilityColumns = Annotated[
    Names, typer.Option(help="Weak probabilities: a glob for a model's classes; repeatable.")
]
StudentProbabilityColumns = Annotated[
    Names, typer.Option(help="The same of the students, in the order of the weak models.")
]
TargetProbabilityColumns = Annotated[
    Names, typer.Option(help="True probabilities of the classes; globs; repeatable.")
]
ClassNames = Annotated[
    Names, typer.Option("--class-name", help="A class of a table, in the order of the columns.")
]
TargetColumn = Annotated[str | None, typer.Option(help="Target in a table.")]
LabelColumn = Annotated[str | None, typer.Option(help="Labels in a table.")]
WeightsColumn = Annotated[str | None, typer.Option(help="Weights in a table.")]
Loss = Annotated[
    str | None, typer.Option(help="squared, or kl for classifiers, where both are possible.")
]
Memory = Annotated[
    float | None, typer.Option(help="Gigabytes to use; larger features are read in blocks.")
]


def named(pairs: list[str]) -> dict[str, str]:
    """Read `purpose=name` pairs; raises `ValueError` for what is none."""
    found = {}
    for pair in pairs:
        purpose, equals, name = pair.partition("=")
        if not equals:
            raise ValueError(f"array {pair!r}: expected such as strong_features=layer_20")
        found[purpose.strip()] = name.strip()
    return found
