"""The pytest side of a drill: collecting, refusing, journalling. Loaded by `hopsdrill run`, never by itself."""

from hopsdrill.plugin.collect import Collector
from hopsdrill.plugin.conduct import Conductor
from hopsdrill.plugin.lint import BoundScenario, BoundStep


__all__ = ["BoundScenario", "BoundStep", "Collector", "Conductor"]
