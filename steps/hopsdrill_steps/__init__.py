"""Step libraries, one module per noun: a Gherkin line's code stands in the module its noun names."""

pytest_plugins = [
    "hopsdrill_steps.platform",
    "hopsdrill_steps.data",
    "hopsdrill_steps.writer",
    "hopsdrill_steps.backup",
    "hopsdrill_steps.restore",
    "hopsdrill_steps.objectives",
    "hopsdrill_steps.refusal",
    "hopsdrill_steps.defect",
]
