"""The append-only journal of a run, its hash chain, and the evidence beside it."""

from hopsdrill.journal.evidence import EvidenceStore
from hopsdrill.journal.reader import read, scan
from hopsdrill.journal.recorder import Recorder
from hopsdrill.journal.resume import resume
from hopsdrill.journal.withhold import withhold
from hopsdrill.journal.writer import Journal


__all__ = ["EvidenceStore", "Journal", "Recorder", "read", "resume", "scan", "withhold"]
