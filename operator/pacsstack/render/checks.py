"""What is wrong with a spec beyond what its models and the API server can see."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from pacsstack.render.orthanc import default_options
from pacsstack.render.protected import FIXED, FIXED_DICOMWEB, OWN_FIELD
from pacsstack.render.quantities import cpu_amount, memory_amount
from pacsstack.spec.problems import SpecProblem
from pacsstack.spec.status import Reason

if TYPE_CHECKING:
    from pacsstack.spec import PacsStack
    from pacsstack.spec.common import Resources

LARGEST_CONFIGURATION = 512 * 1024
"""Bytes; what `spec.orthanc.configuration` may take of the 1 MiB that a Secret can hold."""

_INCLUDES = ("include", "include_dir", "include_if_exists")

__all__ = ["LARGEST_CONFIGURATION", "SpecProblem", "check_spec"]


def check_spec(stack: PacsStack) -> list[SpecProblem]:
    """Return everything that is wrong, in the order of the fields; an empty list when the spec can be applied."""
    checks: tuple[Callable[[PacsStack], Iterator[SpecProblem]], ...] = (
        _protected_options,
        _option_kinds,
        _configuration_size,
        _amounts,
        _parameters,
        _annotations,
    )
    return [problem for check in checks for problem in check(stack)]


def _protected_options(stack: PacsStack) -> Iterator[SpecProblem]:
    configuration = stack.spec.orthanc.configuration
    yield from _protected("spec.orthanc.configuration", configuration, {**OWN_FIELD, **FIXED})
    section = configuration.get("DicomWeb")
    if isinstance(section, Mapping):
        yield from _protected("spec.orthanc.configuration.DicomWeb", section, FIXED_DICOMWEB)


def _protected(path: str, given: Mapping[str, object], protected: Mapping[str, str]) -> Iterator[SpecProblem]:
    for option in sorted(set(given) & set(protected)):
        yield SpecProblem(f"{path}.{option}", protected[option], Reason.PROTECTED_OPTION)


def _option_kinds(stack: PacsStack) -> Iterator[SpecProblem]:
    """A section given as something else would end the image's start script with a stack trace."""
    for option, ours in {**default_options(stack), "DicomWeb": {}}.items():
        given = stack.spec.orthanc.configuration.get(option, ours)
        if isinstance(ours, dict) != isinstance(given, dict):
            kind = "an object" if isinstance(ours, dict) else "a single value"
            yield SpecProblem(f"spec.orthanc.configuration.{option}", f"give {kind}, as the Orthanc Book says")


def _configuration_size(stack: PacsStack) -> Iterator[SpecProblem]:
    size = len(json.dumps(stack.spec.orthanc.configuration))
    if size > LARGEST_CONFIGURATION:
        yield SpecProblem(
            "spec.orthanc.configuration", f"shorten it from {size} to at most {LARGEST_CONFIGURATION} bytes of JSON"
        )


def _amounts(stack: PacsStack) -> Iterator[SpecProblem]:
    for path, resources in _resources(stack).items():
        requests, limits = resources.requests, resources.limits
        if requests.cpu and limits.cpu and cpu_amount(requests.cpu) > cpu_amount(limits.cpu):
            yield _too_much(path, "cpu", requests.cpu, limits.cpu)
        if requests.memory and limits.memory and memory_amount(requests.memory) > memory_amount(limits.memory):
            yield _too_much(path, "memory", requests.memory, limits.memory)


def _too_much(path: str, kind: str, request: str, limit: str) -> SpecProblem:
    return SpecProblem(f"{path}.requests.{kind}", f"lower it from {request} to at most limits.{kind}, which is {limit}")


def _resources(stack: PacsStack) -> dict[str, Resources]:
    spec = stack.spec
    given = {"spec.orthanc.resources": spec.orthanc.resources, "spec.proxy.resources": spec.proxy.resources}
    if spec.postgres.managed:
        given["spec.postgres.managed.resources"] = spec.postgres.managed.resources
    if spec.adapter.import_:
        given["spec.adapter.import.resources"] = spec.adapter.import_.resources
    return given


def _parameters(stack: PacsStack) -> Iterator[SpecProblem]:
    given = stack.spec.postgres.managed.parameters if stack.spec.postgres.managed else {}
    for name in sorted(set(given) & set(_INCLUDES)):
        yield SpecProblem(f"spec.postgres.managed.parameters.{name}", "remove it: list the parameters themselves")


def _annotations(stack: PacsStack) -> Iterator[SpecProblem]:
    given = {"spec.proxy.service": stack.spec.proxy.service.annotations}
    if adapter := stack.spec.adapter.import_:
        given["spec.adapter.import.service"] = adapter.service.annotations
        given["spec.adapter.import.serviceAccount"] = adapter.service_account.annotations
    for path, keys in given.items():
        for key in keys:
            if key.startswith("pacsstack.io/"):
                yield SpecProblem(
                    f"{path}.annotations[{key!r}]", "choose another key: pacsstack.io/ is PacsStack's own"
                )
