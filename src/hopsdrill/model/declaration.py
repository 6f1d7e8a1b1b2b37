"""What a step says about itself before it runs."""

from hopsdrill.model.base import Model


class PlannedOperation(Model):
    """An operation a step will perform; ``target`` may hold ``{names}`` of the platform profile."""

    name: str
    target: str
    destructive: bool = False


class Declaration(Model):
    """Operations, actions and proofs of one step, and the objectives it measures.

    A scenario is proved only when every declared proof passed and every declared action took effect;
    a destructive operation that no step declared is refused.
    """

    operations: tuple[PlannedOperation, ...] = ()
    actions: tuple[str, ...] = ()
    proofs: tuple[str, ...] = ()
    objectives: tuple[str, ...] = ()
