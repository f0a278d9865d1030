"""What all models share: strictness, camelCase names, and rules that hold in the API server and in Python alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic.alias_generators import to_camel

if TYPE_CHECKING:
    from pydantic.config import JsonDict

API_GROUP = "pacsstack.io"
API_VERSION = "v1alpha1"
KIND = "PacsStack"
PLURAL = "pacsstacks"


@dataclass(frozen=True)
class Rule:
    """One rule between fields, told twice: in CEL for the API server, in Python for `pacsstack validate`.

    The message says what to write instead. The CEL starts with `!has(self.field) ||` when the model is its own default:
    the API server also tries the rule on a bare `{}`, before it fills in what is inside.
    Source: kubernetes.io, "Extend the Kubernetes API with CustomResourceDefinitions", validation rules.
    """

    cel: str
    message: str
    check: Callable[[Any], bool]


class BrokenRulesError(ValueError):
    """Rules that a part of the resource breaks, by their messages."""

    def __init__(self, messages: tuple[str, ...]) -> None:
        super().__init__("; ".join(messages))
        self.messages = messages


def _tell_rules(schema: JsonDict, model: type[BaseModel]) -> None:
    """Carry a model's rules into its JSON schema under the name that the API server knows."""
    rules = getattr(model, "rules", ())
    if rules:
        schema["x-kubernetes-validations"] = [{"rule": rule.cel, "message": rule.message} for rule in rules]


def without_nulls(given: object) -> object:
    """Drop nulls from an object, as the API server does where a value may not be null, so that defaults apply.

    Source: kubernetes.io, "Extend the Kubernetes API with CustomResourceDefinitions", defaulting and nullable.
    """
    if not isinstance(given, Mapping):
        return given
    return {name: value for name, value in given.items() if value is not None}


class SpecModel(BaseModel):
    """Base of every part of the resource: immutable, and an unknown field is an error, never ignored."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        alias_generator=to_camel,
        populate_by_name=True,
        serialize_by_alias=True,
        use_attribute_docstrings=True,
        json_schema_extra=_tell_rules,
    )

    rules: ClassVar[tuple[Rule, ...]] = ()

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, given: object) -> object:
        return without_nulls(given)

    @model_validator(mode="after")
    def _rules_hold(self) -> Self:
        broken = tuple(rule.message for rule in self.rules if not rule.check(self))
        if broken:
            raise BrokenRulesError(broken)
        return self
