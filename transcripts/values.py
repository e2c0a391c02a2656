"""The base of the values that travel between the steps."""

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """Immutable, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")
