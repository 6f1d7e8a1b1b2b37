"""The lab: engine, toolchain, images, clusters and object store on one machine."""

from hopsdrill.lab.state import load
from hopsdrill.lab.up import DEFAULT_CLUSTER, destroy, down, program, up


__all__ = ["DEFAULT_CLUSTER", "destroy", "down", "load", "program", "up"]
