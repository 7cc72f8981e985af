"""This machine and this installation: threads, compilation, files, versions."""
