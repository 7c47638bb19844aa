"""Sweeps are tests: of a right function there is one, of a wrong one a failing test for each finding."""

import shutil
from pathlib import Path

pytest_plugins = ["pytester"]

HERE = Path(__file__).parent
MODULE = 'import keywheel\ntest_rotation = keywheel.sweep("rotator.py:lambda_handler", options=["--jobs", "2"])\n'


def test_a_right_function_passes(pytester):
    shutil.copy(HERE / "rotator.py", pytester.path)
    pytester.makepyfile(test_it=MODULE)
    result = pytester.runpytest_subprocess("-v")
    result.assert_outcomes(passed=1)
    result.stdout.re_match_lines([r".*test_rotation.*-runs.* PASSED.*"])


def test_a_wrong_function_fails_with_the_scenario_that_shows_it(pytester):
    text = (HERE / "rotator.py").read_text()
    wrong = text.replace("            ClientRequestToken=token,\n            SecretString", "            SecretString")
    assert wrong != text
    (pytester.path / "rotator.py").write_text(wrong)
    pytester.makepyfile(test_it=MODULE)
    result = pytester.runpytest_subprocess("-v")
    outcomes = result.parseoutcomes()
    assert outcomes.get("failed", 0) >= 1 and "passed" not in outcomes
    result.stdout.fnmatch_lines(["*keywheel scenario 1*"])


def test_a_handler_that_is_not_there_is_told(pytester):
    pytester.makepyfile(test_it='import keywheel\ntest_it = keywheel.sweep("rotator.py:lambda_handler")\n')
    result = pytester.runpytest_subprocess()
    assert result.ret != 0
    result.stdout.fnmatch_lines(["*rotator.py*"])
