"""`python -m w2sjax` is the command `w2sjax`."""

from w2sjax.cli import main

main()
