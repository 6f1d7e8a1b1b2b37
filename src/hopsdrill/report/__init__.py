"""Reports: everything in them is computed from a run's journal and its evidence."""

from hopsdrill.report.build import build
from hopsdrill.report.model import Report
from hopsdrill.report.schema import schema
from hopsdrill.report.screen import first_screen
from hopsdrill.report.write import write


__all__ = ["Report", "build", "first_screen", "schema", "write"]
