"""The stand-in's programs are no part of the package; their folder in the image's files is where they are imported from."""

import sys
from pathlib import Path


PROGRAMS = Path(__file__).parents[3] / "images" / "standin-programs" / "files" / "opt" / "standin"
if str(PROGRAMS) not in sys.path:
    sys.path.insert(0, str(PROGRAMS))
