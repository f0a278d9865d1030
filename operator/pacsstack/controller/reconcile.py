"""One pass over one stack: from whatever is there to what the spec wants. Level-triggered and idempotent.

It never asks what woke it. Killed anywhere, the next pass goes on from what is there.
"""

from __future__ import annotations

import logging
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from pacsstack.controller.applying import Applier, refusal
from pacsstack.controller.components import Scene, addresses, component_verdicts
from pacsstack.controller.credentials import RECORD, REGENERATE, Circumstances, Lookup, generated_parts
from pacsstack.controller.differs import stamped
from pacsstack.controller.endpoints import endpoints, versions
from pacsstack.controller.errors import ApiError, DefectError, RefusedError
from pacsstack.controller.observation import Observation, observe
from pacsstack.controller.ordering import held_back, waves
from pacsstack.controller.passwords import new_password
from pacsstack.controller.problems import Problem
from pacsstack.controller.pruning import prunable
from pacsstack.controller.references import ReferenceIndex, used_secrets
from pacsstack.controller.reporting import Reporter
from pacsstack.controller.resources import PACSSTACK, Object, identity
from pacsstack.controller.settlement import settle
from pacsstack.controller.status import CREDENTIALS_FINE, VALID, Standing, with_problems, with_ready
from pacsstack.manifests.stack import build_stack
from pacsstack.render.checks import check_spec
from pacsstack.render.names import child
from pacsstack.spec import PacsStack
from pacsstack.spec.problems import parse_stack, problems_in
from pacsstack.spec.status import ConditionType, Reason

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from pacsstack.controller.client import Cluster
    from pacsstack.controller.queue import Key
    from pacsstack.render.inputs import Images, Inputs

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """How a pass ended: is the stack still there, and does it stand as it should?"""

    gone: bool = False
    ready: bool = False


@dataclass
class Reconciler:
    """Holds what passes share: the cluster, the images of the operator's environment, the clock."""

    cluster: Cluster
    images: Images
    references: ReferenceIndex
    clock: Callable[[], datetime]

    def __post_init__(self) -> None:
        """Make what remembers between passes."""
        self._applier = Applier(self.cluster)
        self._reporter = Reporter(self.cluster, self.clock)

    async def reconcile(self, key: Key) -> Outcome:
        """Make a pass over one stack.

        Raises:
            ApiError: the pass could not be finished and is to be repeated later.
            DefectError: the same, for a fault of the operator's own.
        """
        raw = await self.cluster.get(PACSSTACK, key.namespace, key.name)
        if raw is None or "deletionTimestamp" in raw["metadata"]:
            self._forget(key)
            return Outcome(gone=True)
        try:
            return Outcome(ready=await self._visit(key, raw))
        except (ApiError, TimeoutError):
            raise
        except Exception as error:
            await self._reporter.report_invalid(raw, [_defect(error)])
            raise DefectError(_place(error)) from error

    async def _visit(self, key: Key, raw: Object) -> bool:
        """Return whether the stack is ready."""
        parsed = _parse(raw)
        if not isinstance(parsed, PacsStack):
            await self._reporter.report_invalid(raw, parsed)
            return False
        self.references.set(key, used_secrets(parsed))
        seen = await observe(self.cluster, parsed)
        settlement = settle(_lookup(parsed, raw, seen, self.clock()), self.images)
        problems = list(settlement.problems)
        desired: list[Object] = []
        if settlement.inputs is not None:
            desired = _desired(parsed, settlement.inputs)
            if not parsed.spec.paused:
                problems += await self._converge(parsed, desired, seen)
        return await self._report(raw, parsed, seen, desired, problems)

    async def _converge(self, stack: PacsStack, desired: list[Object], seen: Observation) -> list[Problem]:
        """Write what differs, in order, and delete what nothing wants any more."""
        problems = await self._create_credentials(stack, desired, seen)
        if problems:
            return problems
        changed = self._applier.to_apply(desired, seen.children)
        held = held_back(stack, changed, seen.children)
        for wave in waves([item for item in changed if identity(item) not in held]):
            applied = await self._applier.apply(wave)
            seen.children.update(applied.objects)
            problems += applied.problems
        if not problems:
            await self._prune(stack, desired, seen)
        return problems

    async def _create_credentials(self, stack: PacsStack, desired: list[Object], seen: Observation) -> list[Problem]:
        """Create new credential Secrets, which unlike an apply never overwrites one that has come meanwhile.

        Raises:
            AlreadyExistsError: one has come; the next pass takes it.
        """
        own = {child(stack, part) for part in generated_parts(stack)}
        missing = [
            item for item in desired if item["kind"] == "Secret" and item["metadata"]["name"] in own - set(seen.secrets)
        ]
        for item in missing:
            try:
                await self.cluster.create(_bare(item))
            except RefusedError as error:
                return [refusal(item, error)]
            logger.info("created credentials in Secret %s", item["metadata"]["name"])
        return []

    async def _prune(self, stack: PacsStack, desired: list[Object], seen: Observation) -> None:
        for item in prunable(desired, seen.children.values(), stack.metadata.uid):
            await self.cluster.delete(item)
            seen.children.pop(identity(item))
            logger.info("deleted %s %s, which nothing wants any more", item["kind"], item["metadata"]["name"])

    async def _report(
        self, raw: Object, stack: PacsStack, seen: Observation, desired: list[Object], problems: list[Problem]
    ) -> bool:
        scene = Scene(stack, seen.children, seen.pods, self.clock())
        verdicts = {ConditionType.SPEC_VALID: VALID, ConditionType.CREDENTIALS_READY: CREDENTIALS_FINE}
        verdicts = with_problems({**verdicts, **component_verdicts(scene)}, problems)
        standing = Standing(
            with_ready(verdicts, paused=stack.spec.paused),
            endpoints(scene),
            versions(desired) if desired else raw.get("status", {}).get("versions", {}),
        )
        await self._reporter.report(raw, standing)
        return standing.verdicts[ConditionType.READY].status == "True"

    def _forget(self, key: Key) -> None:
        self.references.forget(key)
        self._applier.forget(key.namespace, key.name)


def _parse(raw: Object) -> PacsStack | list[Problem]:
    try:
        stack = parse_stack(raw)
    except ValidationError as error:
        return [_spec_problem(one.path, one.message, one.reason) for one in problems_in(error)]
    return [_spec_problem(one.path, one.message, one.reason) for one in check_spec(stack)] or stack


def _spec_problem(path: str, message: str, reason: Reason) -> Problem:
    return Problem(ConditionType.SPEC_VALID, reason, f"{path}: {message}")


def _defect(error: Exception) -> Problem:
    message = f"the operator failed on this resource ({_place(error)}): report it with the operator's log"
    return Problem(ConditionType.SPEC_VALID, Reason.OPERATOR_DEFECT, message)


def _place(error: Exception) -> str:
    """Say what failed and where, without the error's text: a password may be in it."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {frame.name}, {Path(frame.filename).name}:{frame.lineno}"


def _lookup(stack: PacsStack, raw: Object, seen: Observation, now: datetime) -> Lookup:
    around = Circumstances(
        now=now,
        new_password=new_password,
        claims=seen.claims,
        recorded=seen.recorded(stack),
        regenerate=raw["metadata"].get("annotations", {}).get(REGENERATE) == "true",
        addresses=addresses(seen.children.get(("Service", child(stack, "proxy")))),
    )
    return Lookup(stack, seen.vault, around)


def _desired(stack: PacsStack, inputs: Inputs) -> list[Object]:
    """Return the objects to apply, each with its fingerprint, the internal Secret with its record."""
    record = ",".join(generated_parts(stack))
    internal = ("Secret", child(stack, "internal"))
    objects = build_stack(stack, inputs)
    recorded = [_annotated(item, RECORD, record) if identity(item) == internal else item for item in objects]
    return [stamped(item, inputs.internal.password) for item in recorded]


def _annotated(item: Object, name: str, value: str) -> Object:
    annotations = {**item["metadata"].get("annotations", {}), name: value}
    return {**item, "metadata": {**item["metadata"], "annotations": annotations}}


def _bare(secret: Object) -> Object:
    """Return a Secret's content alone: what is applied afterwards then belongs to the apply, and can be taken back."""
    metadata = {key: secret["metadata"][key] for key in ("name", "namespace")}
    return {**secret, "metadata": metadata}
