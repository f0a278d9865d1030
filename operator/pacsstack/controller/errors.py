"""What the API server can answer besides yes, sorted by what helps."""

from __future__ import annotations


class ApiError(Exception):
    """The API server did not do what it was asked."""


class TransientError(ApiError):
    """It may work later: conflict, too many requests, server error, timeout, lost connection."""

    def __init__(self, message: str, retry_after: float = 0.0) -> None:
        """Keep the server's own wish for a pause, in seconds."""
        super().__init__(message)
        self.retry_after = retry_after


class AlreadyExistsError(TransientError):
    """Somebody else has created the object meanwhile; look again."""


class ExpiredError(TransientError):
    """The server no longer knows this resource version: list again."""


class NotFoundError(ApiError):
    """There is no such object, or its namespace is gone."""


class RefusedError(ApiError):
    """It will not work until a person changes something: invalid, forbidden, quota exceeded, refused by admission."""


class DefectError(Exception):
    """The operator itself failed on one stack. It says so there, tries again later, and goes on with the others."""
