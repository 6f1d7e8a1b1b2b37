"""The lab: engine, toolchain, images, clusters and object store on one machine."""

from hopsdrill.lab.down import destroy, down
from hopsdrill.lab.state import load
from hopsdrill.lab.up import program, up
from hopsdrill.model.lab import DEFAULT_CLUSTER


__all__ = ["DEFAULT_CLUSTER", "destroy", "down", "load", "program", "up"]
