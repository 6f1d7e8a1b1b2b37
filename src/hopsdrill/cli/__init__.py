"""The command line, one module per noun or verb."""

from hopsdrill.cli.main import main


__all__ = ["main"]
