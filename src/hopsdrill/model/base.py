"""The settings every model shares."""

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """Frozen, and strict about names: an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")
