"""Jobs that work in chunks, each committed as soon as it is done.

A chunk that conflicts with another worker is retried. One that fails is rolled back and logged: earlier chunks are
kept, the rest of its piece of work is skipped, and the job continues with the next piece.
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
    """Process pieces of work one after the other until none is left, or until the time of the job is over.

    :param work: does a chunk of a piece, and returns the rest of the piece, or None. It may be called again with
        the same piece, so it must not change the piece itself
    :param failed: records that a piece ended with an error, after the failed chunk was rolled back
    :param resumes: whether the next run recognises finished work, so that the rest can be started at once
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
    """Do one chunk, and return the rest of the piece."""
    try:
        return retrying(lambda: work(piece), env)
    except Exception as error:
        _logger.exception("A job failed at %s; what it did before stays.", piece)
        env.cr.rollback()
        env.invalidate_all()
        if failed:
            failed(piece, error)
        return None
