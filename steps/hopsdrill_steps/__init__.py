"""Step libraries, one module per noun: a Gherkin line's code stands in the module its noun names."""

pytest_plugins = [
    "hopsdrill_steps.platform",
    "hopsdrill_steps.data",
    "hopsdrill_steps.writer",
    "hopsdrill_steps.backup",
    "hopsdrill_steps.restore",
    "hopsdrill_steps.objectives",
    "hopsdrill_steps.refusal",
    "hopsdrill_steps.replay",
    "hopsdrill_steps.defect",
    "hopsdrill_steps.locations",
    "hopsdrill_steps.velero",
    "hopsdrill_steps.velero_objects",
    "hopsdrill_steps.listing",
    "hopsdrill_steps.configuration",
    "hopsdrill_steps.status",
    "hopsdrill_steps.schedule",
    "hopsdrill_steps.wholeness",
    "hopsdrill_steps.version",
    "hopsdrill_steps.coherence",
    "hopsdrill_steps.ttl",
]
