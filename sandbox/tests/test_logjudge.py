"""The evaluation of test logs finds every failure."""

import pytest

from sandbox.logjudge import judge, parse

PREFIX = "2026-11-22 17:41:{second:02},{ms:03} 8153 {level} leads_test {logger}: {message}"


def line(message: str, level: str = "INFO", logger: str = "odoo.modules.loading", second: int = 0, ms: int = 0) -> str:
    return PREFIX.format(message=message, level=level, logger=logger, second=second, ms=ms)


TESTS = "odoo.addons.leads_agent.tests.test_assign"
LOADED = line("Modules loaded.")
STARTED = line("Starting TestAssign.test_one ...", logger=TESTS, second=2)
SECOND = line("Starting TestAssign.test_two ...", logger=TESTS, second=5, ms=500)
POST_TESTS = line("2 post-tests in 5.00s, 80 queries", logger="odoo.service.server", second=7)
GREEN_SUMMARY = line("0 failed, 0 error(s) of 2 tests when loading database 'leads_test'", logger="odoo.tests.result")
GREEN = [LOADED, STARTED, SECOND, POST_TESTS, GREEN_SUMMARY]


def test_green_run_passes_and_times_its_tests():
    verdict = judge(GREEN, 0)
    assert (verdict.passed, verdict.failed) == (2, 0)
    assert verdict.slowest(2) == [("TestAssign.test_one", 3.5), ("TestAssign.test_two", 1.5)]


def test_failed_test_is_counted_once_with_its_traceback():
    red = [
        LOADED,
        STARTED,
        line("FAIL: TestAssign.test_one", level="ERROR", logger=TESTS, second=3),
        "Traceback (most recent call last):",
        "AssertionError: 1 != 2",
        SECOND,
        POST_TESTS,
        line("Module leads_agent: 1 failures, 0 errors of 2 tests", level="ERROR"),
        line("1 failed, 0 error(s) of 2 tests when loading database 'x'", level="ERROR", logger="odoo.tests.result"),
    ]
    verdict = judge(red, 1)
    assert (verdict.passed, verdict.failed) == (1, 1)
    assert [record.message for record in parse(red) if record.is_failure] == [
        "FAIL: TestAssign.test_one\nTraceback (most recent call last):\nAssertionError: 1 != 2"
    ]


@pytest.mark.parametrize(
    "message",
    [
        "skipped TestTour.test_login : Chrome executable not found",
        "skipped setUpClass (odoo.addons.leads_agent.tests.TestTour) : websocket-client module is not installed",
    ],
)
def test_skipped_browser_test_fails_the_run(message):
    verdict = judge([*GREEN[:3], line(message, logger="odoo.tests.suite"), *GREEN[3:]], 0)
    assert (verdict.passed, verdict.failed, len(verdict.skips)) == (1, 1, 1)


@pytest.mark.parametrize("level", ["WARNING", "ERROR", "CRITICAL"])
def test_complaint_in_the_log_fails_the_run(level):
    verdict = judge([line("A field has no label", level=level, logger="odoo.addons.leads_agent"), *GREEN], 0)
    assert (verdict.passed, verdict.failed) == (2, 1)


def test_browser_error_counts_unless_its_test_failed_for_it():
    error = line("Step not found", level="ERROR", logger=f"{TESTS}.TestAssign.test_one.browser")
    assert judge([*GREEN[:3], error, *GREEN[3:]], 0).failed == 1
    failure = line("FAIL: TestAssign.test_one", level="ERROR", logger=TESTS)
    summary = line("1 failed, 0 error(s) of 2 tests when loading database 'x'", level="ERROR")
    verdict = judge([*GREEN[:3], error, failure, POST_TESTS, summary], 1)
    assert (verdict.passed, verdict.failed) == (1, 1)


def test_complaint_of_core_about_us_fails_the_run():
    verdict = judge([line("Two fields have the same label", level="WARNING", logger="odoo.registry"), *GREEN], 0)
    assert verdict.failed == 1


def test_known_foreign_warning_is_let_through():
    foreign = line("Running as user 'root' is a security risk.", level="WARNING", logger="odoo.cli.server")
    assert judge([foreign, *GREEN], 0).failed == 0


def test_crash_after_the_installation_fails_though_the_summary_is_green():
    crash = line("Failed to initialize database `leads_test`.", level="CRITICAL", logger="odoo.service.server")
    verdict = judge([LOADED, crash, "FileNotFoundError: jquery.js", GREEN_SUMMARY], 255)
    assert len(verdict.complaints) == 1
    assert verdict.problems == [
        "Odoo never ran the tests that follow the installation",
        "Odoo ended with exit status 255 though no test failed",
    ]


def test_zero_tests_fail_the_run():
    empty = line("0 failed, 0 error(s) of 0 tests when loading database 'x'", level="WARNING")
    verdict = judge([LOADED, POST_TESTS, empty], 0)
    assert verdict.problems == ["no test was executed"]
    assert (verdict.passed, verdict.failed) == (0, 1)


def test_log_that_breaks_off_fails_the_run():
    verdict = judge([LOADED, STARTED], -9)
    assert "Odoo never summed up its tests" in verdict.problems
    assert verdict.failed


def test_empty_log_fails_the_run():
    assert judge([], 0).failed


def test_figures_of_proofs_are_collected():
    reported = line("PROVE sweep | agent, locked: canaries | 0", logger=TESTS, second=3)
    [figure] = judge([*GREEN[:3], reported, *GREEN[3:]], 0).figures
    assert (figure.area, figure.subject, figure.name, figure.value) == ("sweep", "agent, locked", "canaries", "0")
