"""A rotation of one's own function under every fault."""

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence

from ._binary import binary
from ._server import KeywheelError


@dataclass(frozen=True)
class Finding:
    """One cause of failure, and the smallest scenario that shows it."""

    oracle: str
    operation: str
    objection: str
    scenario: str
    runs: int

    @property
    def id(self) -> str:
        """A short name: what was violated, and at which call."""
        return f"{self.oracle}-{self.operation}" if self.operation else self.oracle


@dataclass(frozen=True)
class Outcome:
    """What a sweep came to."""

    runs: int
    findings: List[Finding]


@dataclass(frozen=True)
class Sweep:
    """A sweep that is to be made; `run` makes it."""

    handler: str
    scenarios: Sequence[str] = ()
    options: Sequence[str] = ()
    environment: Dict[str, str] = field(default_factory=dict)
    folder: Optional[str] = None

    def run(self) -> Outcome:
        """Runs the function under every fault.

        Raises KeywheelError with what the command says where it cannot.
        """
        with tempfile.TemporaryDirectory(prefix="keywheel-") as folder:
            report = Path(folder) / "report.jsonl"
            command = [binary(), "sweep", *self.scenarios, "--function", self.handler]
            command += ["--python", sys.executable]
            for name, value in self.environment.items():
                command += ["--env", f"{name}={value}"]
            command += ["--report", f"json={report}", "--out", folder, *self.options]
            run = subprocess.run(command, cwd=self.folder, capture_output=True, text=True)
            if not report.is_file():
                raise KeywheelError(f"keywheel sweep: {(run.stderr or run.stdout).strip()}")
            return _outcome(report.read_text(encoding="utf-8"))


def sweep(
    handler: str,
    scenarios: Sequence[str] = (),
    options: Sequence[str] = (),
    environment: Optional[Dict[str, str]] = None,
) -> Sweep:
    """A sweep of the rotation function `FILE:HANDLER`: its rotation is run once without a fault, and
    once for every fault at every call that it makes. In a module of tests,

        test_rotation = keywheel.sweep("rotator.py:lambda_handler")

    makes a test of each finding. The handler may be anything that `keywheel sweep --function` takes.
    `scenarios` are files or names (see `keywheel list scenarios`) whose last rotation is swept;
    `options` are those of `keywheel sweep`; `environment` is the function's.
    """
    return Sweep(handler, tuple(scenarios), tuple(options), dict(environment or {}))


def _outcome(report: str) -> Outcome:
    lines: List[Dict[str, Any]] = [json.loads(line) for line in report.splitlines()]
    summary = next((line for line in lines if line["type"] == "summary"), None)
    if summary is None:
        raise KeywheelError("keywheel sweep left no summary")
    findings = [
        Finding(
            oracle=found["class"]["oracle"],
            operation=found["operation"] or "",
            objection=found["objection"],
            scenario=found["minimal"],
            runs=found["count"],
        )
        for found in summary["findings"]
    ]
    return Outcome(runs=summary["runs"], findings=findings)
