"""What all models share: strictness, camelCase names, and rules that hold in the API server and in Python alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic.alias_generators import to_camel

API_GROUP = "pacsstack.io"
API_VERSION = "v1alpha1"
KIND = "PacsStack"
PLURAL = "pacsstacks"


@dataclass(frozen=True)
class Rule:
    """One rule between fields, told twice: in CEL for the API server, in Python for `pacsstack validate`.

    The message says what to write instead.
    Source: kubernetes.io, "Extend the Kubernetes API with CustomResourceDefinitions", validation rules.
    """

    cel: str
    message: str
    check: Callable[[Any], bool]


class SpecModel(BaseModel):
    """Base of every part of the resource: immutable, and an unknown field is an error, never ignored."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        alias_generator=to_camel,
        populate_by_name=True,
        use_attribute_docstrings=True,
    )

    rules: ClassVar[tuple[Rule, ...]] = ()

    @model_validator(mode="after")
    def _rules_hold(self) -> Self:
        broken = [rule.message for rule in self.rules if not rule.check(self)]
        if broken:
            raise ValueError("; ".join(broken))
        return self
