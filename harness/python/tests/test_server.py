"""What goes wrong is told, and a taken port is no trouble."""

import socket

import pytest

from keywheel import KeywheelError, Server, binary


def test_a_taken_port_is_left_alone():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with Server(port=port) as server:
            assert not server.url.endswith(f":{port}")
            server.clock.now()


def test_what_serve_refuses_is_told():
    with pytest.raises(KeywheelError, match="no-such-option"):
        Server(options=["--no-such-option"])


def test_a_fault_that_is_none_is_refused_with_what_it_may_have_meant(keywheel_reset):
    with pytest.raises(KeywheelError, match="did you mean"):
        keywheel_reset.fault("createSecret/PutSecretValue", "answer-lots")


def test_a_clock_takes_what_the_server_takes(keywheel_reset):
    with pytest.raises(KeywheelError):
        keywheel_reset.clock.advance("soon")
    assert keywheel_reset.clock.set("2027-02-03T04:05:06Z").isoformat() == "2027-02-03T04:05:06+00:00"


def test_a_binary_that_is_not_there_is_told(monkeypatch):
    monkeypatch.setenv("KEYWHEEL_BINARY", "/no/such/file")
    with pytest.raises(FileNotFoundError, match="KEYWHEEL_BINARY=/no/such/file"):
        binary()
