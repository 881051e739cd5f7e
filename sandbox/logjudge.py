"""Evaluate the log of a test run of Odoo.

The exit status and the summary are not enough: a run that stops loading after the installation reports "0 failed", a
browser test without a browser is skipped, and warnings are ignored. Here each of these is a failure.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .figures import Figure, read

_RECORD = re.compile(
    r"^(?P<at>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) \d+ (?P<level>[A-Z]+) \S+ (?P<logger>\S+): (?P<message>.*)$"
)
_SUMMARY = re.compile(
    r"(?P<failed>\d+) failed, (?P<errors>\d+) error\(s\) of (?P<total>\d+) tests when loading database"
)
_PER_MODULE = re.compile(r"^Module \S+: \d+ failures, \d+ errors of \d+ tests")
_TEST = re.compile(r"^Starting (?P<name>\w+\.\w+) \.\.\.")
_FAILURE = re.compile(r"^(FAIL|ERROR): ")
_SKIP = re.compile(r"^skipped ")
_COMPLAINING = {"WARNING", "ERROR", "CRITICAL"}
_MARKS = {
    "Odoo never said that its modules were loaded": re.compile(r"^Modules loaded\."),
    "Odoo never ran the tests that follow the installation": re.compile(r"^\d+ post-tests in "),
}

# Warnings and errors that are not about our addons: (logger, message, reason). Keep it short; each needs a reason.
FOREIGN = [
    (r"odoo\.cli\.server", r"Running as user 'root'", "the sandbox may be run by root"),
    (r"odoo\.addons\.attachment_indexation\..*", r"pdfminer", "PDF files need not be searchable by their text"),
]
_FOREIGN = [(re.compile(logger), re.compile(message)) for logger, message, _reason in FOREIGN]


@dataclass
class Record:
    """One entry of the log; the lines of a traceback belong to its message."""

    at: datetime
    level: str
    logger: str
    message: str

    @property
    def is_foreign(self) -> bool:
        return any(logger.fullmatch(self.logger) and message.search(self.message) for logger, message in _FOREIGN)

    @property
    def is_complaint(self) -> bool:
        """Whether it is a warning or an error, except failed tests (which the summary counts) and foreign ones."""
        counted = (_FAILURE, _SUMMARY, _PER_MODULE)
        about_a_test = any(pattern.search(self.message) for pattern in counted)
        return self.level in _COMPLAINING and not about_a_test and not self.is_foreign

    @property
    def is_skip(self) -> bool:
        return bool(_SKIP.match(self.message))

    @property
    def is_failure(self) -> bool:
        return self.level == "ERROR" and bool(_FAILURE.match(self.message))

    @property
    def test(self) -> str:
        """Return the name of the test that begins with this entry, or an empty text."""
        match = _TEST.match(self.message)
        return match["name"] if match else ""

    def __str__(self) -> str:
        return f"{self.level} {self.logger}: {self.message}"


def parse(lines: Iterable[str]) -> Iterator[Record]:
    """Yield the entries of a log as they become complete."""
    record = None
    for line in lines:
        line = line.rstrip("\n")
        if match := _RECORD.match(line):
            if record:
                yield record
            at = datetime.strptime(match["at"], "%Y-%m-%d %H:%M:%S,%f")
            record = Record(at, match["level"], match["logger"], match["message"])
            if record.test:  # complete, and shown immediately: the test may hang
                yield record
                record = None
        elif record:
            record.message += "\n" + line
    if record:
        yield record


@dataclass
class Verdict:
    """The result of a run."""

    executed: int = 0
    failed_tests: int = 0
    skips: list[Record] = field(default_factory=list)
    complaints: list[Record] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    durations: dict[str, timedelta] = field(default_factory=dict)
    figures: list[Figure] = field(default_factory=list)

    @property
    def passed(self) -> int:
        return max(0, self.executed - self.failed_tests - len(self.skips))

    @property
    def failed(self) -> int:
        """Return the number of failed tests and other failures: 0 only for a good run."""
        return self.failed_tests + len(self.skips) + len(self.complaints) + len(self.problems)

    def slowest(self, count: int) -> list[tuple[str, float]]:
        by_time = sorted(self.durations.items(), key=lambda item: item[1], reverse=True)
        return [(name, duration.total_seconds()) for name, duration in by_time[:count]]


class Judge:
    """Collects the entries of a log, then returns the verdict."""

    def __init__(self) -> None:
        self._verdict = Verdict()
        self._missing = dict(_MARKS)
        self._summaries = 0
        self._running: tuple[str, datetime] | None = None
        self._failed: set[str] = set()

    def hear(self, record: Record) -> None:
        self._time(record)
        self._missing = {text: mark for text, mark in self._missing.items() if not mark.match(record.message)}
        if record.is_failure:
            self._failed.add(record.message.split(": ")[1].split("\n")[0])
        if figure := read(record.message):
            self._verdict.figures.append(figure)
        if record.is_skip:
            self._verdict.skips.append(record)
        if record.is_complaint:
            self._verdict.complaints.append(record)
        if summary := _SUMMARY.search(record.message):
            self._summaries += 1
            self._verdict.executed += int(summary["total"])
            self._verdict.failed_tests += int(summary["failed"]) + int(summary["errors"])

    def verdict(self, exit_status: int) -> Verdict:
        verdict = self._verdict
        verdict.complaints = [record for record in verdict.complaints if not self._is_of_a_failed_test(record)]
        verdict.problems = list(self._missing)
        if not self._summaries:
            verdict.problems.append("Odoo never summed up its tests")
        elif not verdict.executed:
            verdict.problems.append("no test was executed")
        if exit_status and not verdict.failed_tests:
            verdict.problems.append(f"Odoo ended with exit status {exit_status} though no test failed")
        return verdict

    def _is_of_a_failed_test(self, record: Record) -> bool:
        """Whether the entry is the browser's message on a failed test, which is counted once."""
        name = ".".join(record.logger.split(".")[-3:-1])
        return record.logger.endswith(".browser") and name in self._failed

    def _time(self, record: Record) -> None:
        """Measure a test: it lasts until the next one begins, or until another logger writes."""
        ended = record.test or _SUMMARY.search(record.message) or "post-tests in" in record.message
        if self._running and (ended or record.logger.startswith("odoo.modules")):
            name, start = self._running
            self._verdict.durations[name] = record.at - start
            self._running = None
        if record.test:
            self._running = (record.test, record.at)


def judge(lines: Iterable[str], exit_status: int) -> Verdict:
    """Evaluate a whole log."""
    court = Judge()
    for record in parse(lines):
        court.hear(record)
    return court.verdict(exit_status)
