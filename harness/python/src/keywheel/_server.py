"""A running emulator, and what a test does with it."""

import atexit
import contextlib
import http.client
import json
import re
import subprocess
import threading
from collections import deque
from datetime import datetime
from types import TracebackType
from typing import Any, Dict, List, Optional, Sequence, Type, Union
from urllib.parse import urlsplit

from ._binary import binary

#: What the clock of a server shows at first, so that every run of a test sees the same dates.
MOMENT = "2026-01-01T00:00:00Z"

_ADDRESS = re.compile(r"listening on (http://\S+)")


class KeywheelError(Exception):
    """Keywheel refused something, or could not start; the message says why."""


class Clock:
    """The clock of a server: time goes by when a test says so."""

    def __init__(self, server: "Server") -> None:
        self._server = server

    def now(self) -> datetime:
        """What it shows."""
        return _moment(self._server._call("GET", "clock"))

    def advance(self, span: str) -> datetime:
        """Moves it on, such as by "31d", "12h" or "1m"; rotations that become due are carried out,
        and have ended when this returns."""
        return self._change({"advance": span})

    def set(self, moment: str) -> datetime:
        """Shows a moment in RFC 3339 from now on."""
        return self._change({"set": moment})

    def freeze(self) -> datetime:
        """Stands still from now on. A new server's clock does."""
        return self._change({"freeze": True})

    def run(self) -> datetime:
        """Goes on by itself from now on."""
        return self._change({"run": True})

    def _change(self, change: Dict[str, Any]) -> datetime:
        return _moment(self._server._call("POST", "clock", change))


class Server:
    """An emulator in a process of its own, on a port of its own.

    It is a context manager, and ends with the process that started it. `port` is a wish: where it is
    taken, a free one is used. `options` are those of `keywheel serve`.
    """

    def __init__(
        self,
        port: int = 0,
        seed: int = 1,
        clock: str = MOMENT,
        freeze: bool = True,
        region: str = "us-east-1",
        options: Sequence[str] = (),
    ) -> None:
        command = ["--seed", str(seed), "--clock", clock, "--region", region, *options]
        if freeze:
            command.append("--freeze")
        self._log: "deque[str]" = deque(maxlen=1000)
        try:
            self._start(port, command)
        except KeywheelError:
            if port == 0:
                raise
            self._start(0, command)
        self.region = region
        self.clock = Clock(self)
        self._clients: Dict[str, Any] = {}
        atexit.register(self.close)

    def _start(self, port: int, options: List[str]) -> None:
        self._process = subprocess.Popen(
            [binary(), "serve", "--port", str(port), *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None and self._process.stderr is not None
        reader = threading.Thread(target=self._keep, args=(self._process.stderr,), daemon=True)
        reader.start()
        line = self._process.stdout.readline()
        found = _ADDRESS.search(line)
        if found is None:
            self._process.wait()
            reader.join(5)
            raise KeywheelError("keywheel serve did not start: " + "\n".join([line, *self._log]))
        self.url = found.group(1)
        threading.Thread(target=self._keep, args=(self._process.stdout,), daemon=True).start()

    def _keep(self, lines: Any) -> None:
        for line in lines:
            self._log.append(line.rstrip("\n"))

    def log(self) -> List[str]:
        """The last lines that the server and its functions wrote."""
        return list(self._log)

    def reset(self) -> None:
        """Begins again with nothing: no secret, no fault, the clock as at the start."""
        self._call("DELETE", "faults")
        self._call("POST", "reset")

    def settle(self) -> None:
        """Waits until every rotation that has begun has ended."""
        self.clock.advance("0s")

    def fault(
        self, at: str, kind: str, times: Union[int, str, None] = None, **more: Any
    ) -> Dict[str, Any]:
        """Injects a fault: `fault("createSecret/PutSecretValue#1", "answer-lost")`. `times` is a
        number or "forever"; `more` are the other members of a rule. Gives the rule's row of
        `faults`."""
        rule = {"at": at, "kind": kind, **more}
        if times is not None:
            rule["times"] = times
        rows: List[Dict[str, Any]] = self._call("POST", "faults", rule)["faults"]
        return rows[-1]

    def faults(self) -> List[Dict[str, Any]]:
        """Every fault that was injected, with what it did."""
        rows: List[Dict[str, Any]] = self._call("GET", "faults")["faults"]
        return rows

    def journal(self, after: int = 0) -> List[Dict[str, Any]]:
        """What the server saw, in order: calls, with the fault that struck them, and events."""
        path = f"journal?after={after}" if after else "journal"
        entries: List[Dict[str, Any]] = self._call("GET", path)["entries"]
        return entries

    def snapshot(self) -> Dict[str, Any]:
        """The emulated world, without any secret value."""
        world: Dict[str, Any] = self._call("GET", "snapshot")
        return world

    def set(self, section: str, **values: Any) -> None:
        """Changes settings until the next reset: `set("rotation", retries=0)`."""
        self._call("PUT", "settings", {section: values})

    @property
    def environment(self) -> Dict[str, str]:
        """The variables with which AWS SDKs and the AWS CLI call this server."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def client(self, service: str, **options: Any) -> Any:
        """A boto3 client of a service, such as "secretsmanager"; needs boto3."""
        if not options and service in self._clients:
            return self._clients[service]
        try:
            import boto3  # type: ignore[import-untyped, import-not-found, unused-ignore]
        except ImportError as error:
            raise KeywheelError("a client needs boto3: pip install boto3") from error
        session = boto3.session.Session(
            aws_access_key_id="test", aws_secret_access_key="test", region_name=self.region
        )
        client = session.client(service, endpoint_url=self.url, **options)
        if not options:
            self._clients[service] = client
        return client

    def close(self) -> None:
        """Ends the server."""
        atexit.unregister(self.close)
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> "Server":
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.close()

    def _call(self, method: str, path: str, body: Optional[Dict[str, Any]] = None) -> Any:
        address = urlsplit(self.url)
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=600)
        with contextlib.closing(connection):
            payload = None if body is None else json.dumps(body)
            headers = {"content-type": "application/json"} if payload else {}
            try:
                connection.request(method, f"/_keywheel/{path}", payload, headers)
                response = connection.getresponse()
                answer = json.loads(response.read())
            except OSError as error:
                raise KeywheelError(f"the server at {self.url} is gone: {error}") from error
        if response.status != 200:
            raise KeywheelError(answer.get("error") or json.dumps(answer))
        return answer


def _moment(face: Dict[str, Any]) -> datetime:
    text: str = face["now"]
    # Before Python 3.11 a Z is not read, nor a fraction of fewer digits than six.
    text = text.rstrip("Z")
    whole, _, fraction = text.partition(".")
    text = f"{whole}.{fraction.ljust(6, '0')[:6]}" if fraction else whole
    return datetime.fromisoformat(f"{text}+00:00")
