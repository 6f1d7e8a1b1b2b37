"""The lab: engine, toolchain, images, clusters and object store on one machine."""

from hopsdrill.lab.state import load
from hopsdrill.lab.up import DEFAULT_CLUSTER, down, program, up


__all__ = ["DEFAULT_CLUSTER", "down", "load", "program", "up"]
