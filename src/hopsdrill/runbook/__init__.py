"""Runbooks: Markdown pages read as data, and checked by rules."""

from hopsdrill.runbook.check import RULES, Checked, check
from hopsdrill.runbook.command import Statement
from hopsdrill.runbook.finding import Finding, Rule, Severity
from hopsdrill.runbook.hopsworks import HOPSWORKS
from hopsdrill.runbook.page import Page, parse, read
from hopsdrill.runbook.rules import GENERAL
from hopsdrill.runbook.shell import Script


__all__ = [
    "GENERAL",
    "HOPSWORKS",
    "RULES",
    "Checked",
    "Finding",
    "Page",
    "Rule",
    "Script",
    "Severity",
    "Statement",
    "check",
    "parse",
    "read",
]
