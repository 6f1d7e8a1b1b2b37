"""Canaries: numbered, timed, acknowledged writes into every store, each store on a beat of its own."""

from hopsdrill.workload.canaries.flock import Flock, Kept
from hopsdrill.workload.canaries.places import Place, places
from hopsdrill.workload.canaries.stamp import Stamp


__all__ = ["Flock", "Kept", "Place", "Stamp", "places"]
