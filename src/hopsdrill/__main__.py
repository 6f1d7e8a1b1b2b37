"""``python -m hopsdrill`` is the same as ``hopsdrill``."""

from hopsdrill.cli import main


main()
