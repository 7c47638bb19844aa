"""The pytest plugin: fixtures, and sweeps as tests.

Fixtures:
    keywheel        a `keywheel.Server` for the session, on a free port, its clock frozen; with
                    pytest-xdist each worker has its own
    keywheel_reset  the same server, with nothing in it, for one test
    keywheel_env    the same again, and AWS_ENDPOINT_URL and its like are set while the test runs

A module-level `test_… = keywheel.sweep("rotator.py:lambda_handler")` is a test for each finding.
"""

import hashlib
import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any, Iterator, List, Optional, Union

import pytest

from ._server import KeywheelError, Server
from ._sweep import Finding, Outcome, Sweep


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of `keywheel serve` for the session's server."""
    parser.addini(
        "keywheel_options", "options of `keywheel serve` for the fixture keywheel", "args", []
    )
    parser.addini("keywheel_port", "the port of the fixture keywheel, if it is free", default="0")


@pytest.fixture(scope="session")
def keywheel(pytestconfig: pytest.Config) -> Iterator[Server]:
    """A server for the session."""
    options: List[str] = pytestconfig.getini("keywheel_options")
    with Server(port=int(pytestconfig.getini("keywheel_port")), options=options) as server:
        yield server


@pytest.fixture
def keywheel_reset(keywheel: Server) -> Server:
    """The session's server, with nothing in it."""
    keywheel.reset()
    return keywheel


@pytest.fixture
def keywheel_env(keywheel_reset: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """The session's server, with nothing in it, which AWS clients call while the test runs."""
    for name, value in keywheel_reset.environment.items():
        monkeypatch.setenv(name, value)
    return keywheel_reset


def pytest_pycollect_makeitem(
    collector: Union[pytest.Module, pytest.Class], name: str, obj: object
) -> Optional[pytest.Collector]:
    """Sweeps are collected."""
    if isinstance(obj, Sweep) and name.startswith("test"):
        return SweepCollector.from_parent(collector, name=name, sweep=obj)
    return None


class SweepCollector(pytest.Collector):
    """A sweep, which is made when its tests are collected: they are its findings."""

    def __init__(self, *, sweep: Sweep, **more: Any) -> None:
        super().__init__(**more)
        self.sweep = sweep

    def collect(self) -> Iterator[pytest.Item]:
        """A test for each finding, or one that passes."""
        sweep = _in_folder(self.sweep, self.path.parent)
        try:
            outcome = _once_a_session(sweep, self.config)
        except KeywheelError as error:
            raise self.CollectError(str(error)) from error
        if not outcome.findings:
            yield SweepItem.from_parent(self, name=f"{outcome.runs}-runs", finding=None)
        taken: List[str] = []
        for finding in outcome.findings:
            taken.append(finding.id)
            again = taken.count(finding.id)
            name = finding.id if again == 1 else f"{finding.id}-{again}"
            yield SweepItem.from_parent(self, name=name, finding=finding)


class FoundByKeywheel(Exception):
    """A finding, as the failure of its test."""


class SweepItem(pytest.Item):
    """A finding; or the test that passes where there is none."""

    def __init__(self, *, finding: Optional[Finding], **more: Any) -> None:
        super().__init__(**more)
        self.finding = finding

    def runtest(self) -> None:
        """Fails if there is a finding."""
        if self.finding is not None:
            raise FoundByKeywheel(self.finding)

    def repr_failure(self, excinfo: Any, style: Any = None) -> str:
        """What is violated, and the scenario that shows it."""
        if not isinstance(excinfo.value, FoundByKeywheel) or self.finding is None:
            return str(super().repr_failure(excinfo))
        finding = self.finding
        runs = "1 run" if finding.runs == 1 else f"{finding.runs} runs"
        return f"{finding.oracle}: {finding.objection} ({runs})\n\n{finding.scenario}"

    def reportinfo(self) -> Any:
        """Where the sweep is, and its name."""
        parent = self.parent
        name = f"{parent.name}[{self.name}]" if parent is not None else self.name
        return self.path, None, name


def _in_folder(sweep: Sweep, folder: Path) -> Sweep:
    """The sweep, made in the folder of its module, to which its file is relative."""
    if sweep.folder is not None:
        return sweep
    return Sweep(sweep.handler, sweep.scenarios, sweep.options, sweep.environment, str(folder))


def _once_a_session(sweep: Sweep, config: pytest.Config) -> Outcome:
    """Makes a sweep. The workers of pytest-xdist collect the same tests each: the first that comes
    makes the sweep, the others wait for what it found."""
    if not hasattr(config, "workerinput"):
        return sweep.run()
    factory: pytest.TempPathFactory = config._tmp_path_factory  # type: ignore[attr-defined]
    key = hashlib.sha256(repr(sweep).encode()).hexdigest()[:32]
    shared = factory.getbasetemp().parent / f"keywheel-{key}"
    try:
        shared.mkdir()
    except FileExistsError:
        return _awaited(shared / "outcome.json")
    try:
        outcome: Any = asdict(sweep.run())
    except KeywheelError as error:
        outcome = {"error": str(error)}
    (shared / "new").write_text(json.dumps(outcome), encoding="utf-8")
    (shared / "new").replace(shared / "outcome.json")
    return _awaited(shared / "outcome.json")


def _awaited(path: Path) -> Outcome:
    while not path.exists():
        time.sleep(0.1)
    kept = json.loads(path.read_text(encoding="utf-8"))
    if "error" in kept:
        raise KeywheelError(kept["error"])
    return Outcome(kept["runs"], [Finding(**found) for found in kept["findings"]])
