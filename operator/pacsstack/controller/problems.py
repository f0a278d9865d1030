"""What stands in the way of a stack, in the words of its conditions."""

from __future__ import annotations

from dataclasses import dataclass

from pacsstack.spec.status import ConditionType, Reason


@dataclass(frozen=True)
class Problem:
    """Something that a person has to put right.

    The message names the thing and the cure. While a blocking problem lasts, no child is touched; with any other the
    rest of the stack goes on.
    """

    condition: ConditionType
    reason: Reason
    message: str
    blocking: bool = True


def credentials_problem(reason: Reason, message: str, *, blocking: bool = True) -> Problem:
    """Return a problem of passwords or certificates."""
    return Problem(ConditionType.CREDENTIALS_READY, reason, message, blocking)
