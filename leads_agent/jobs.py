"""Jobs: work in chunks, each committed as soon as it is done.

A chunk that collides with another worker is tried again. One that fails is rolled back and logged: what was done before
stays, the piece of work that it belongs to ends there, and the job goes on with the next piece.
"""

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

from odoo.api import Environment
from odoo.service.model import retrying

Piece = TypeVar("Piece")
_logger = logging.getLogger(__name__)


def run(
    env: Environment,
    pieces: Iterable[Piece],
    work: Callable[[Piece], Piece | None],
    failed: Callable[[Piece, Exception], None] | None = None,
    resumes: bool = True,
) -> None:
    """Work on pieces one after the other until nothing is left of them, or until the time of the job is over.

    :param work: does a chunk of a piece, and returns what is left of the piece, or None. It may be called again with
        the same piece, so it leaves the piece itself as it is
    :param failed: writes down that the work on a piece ended with an error; the failed chunk is rolled back by then
    :param resumes: whether the next run finds what is done as done, so that what is left is begun at once
    """
    pieces = list(pieces)
    for nr, piece in enumerate(pieces, 1):
        left = piece
        while left is not None:
            left = _attempt(env, left, work, failed)
            remaining = len(pieces) - nr + (left is not None) if resumes else 0
            if not env["ir.cron"]._commit_progress(1, remaining=remaining):
                return


def _attempt(env, piece, work, failed):
    """Do one chunk, and return what is left of the piece."""
    try:
        return retrying(lambda: work(piece), env)
    except Exception as error:
        _logger.exception("A job failed at %s; what it did before stays.", piece)
        env.cr.rollback()
        env.invalidate_all()
        if failed:
            failed(piece, error)
        return None
