"""What many runs say together: their list and trend, the age of the last proven backup, findings and their life, differences."""

from hopsdrill.history.age import Proven, last_proven
from hopsdrill.history.diff import differences
from hopsdrill.history.findings import Finding, findings
from hopsdrill.history.index import write_index
from hopsdrill.history.runs import History, Run, history


__all__ = ["Finding", "History", "Proven", "Run", "differences", "findings", "history", "last_proven", "write_index"]
