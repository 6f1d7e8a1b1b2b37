"""hopsdrill: declarative disaster-recovery drills for Hopsworks clusters."""

from importlib.metadata import version


__version__ = version("hopsdrill")
