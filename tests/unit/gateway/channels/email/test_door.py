"""Who comes in where a header or TLS stands before SMTP, and who is left outside."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest
import uvloop

from gateway.channels.email import proxy
from gateway.channels.email.limits import Limits
from tests.fakes.smtp import Client, running

LOOPBACK = ("127.0.0.1",)


def test_a_client_that_never_shakes_hands_keeps_nobody_out(tmp_path: Path) -> None:
    limits = Limits(connections_per_address=2, connections_per_neighbour=2, idle_s=0.5)
    with running(tmp_path, limits, uvloop.new_event_loop()) as gateway:
        port = gateway.submission.tls_port
        silent = [Client(port) for _ in range(2)]
        with Client(port) as refused:
            assert refused.is_closed()
        assert all(one.is_closed() for one in silent)
        for one in silent:
            one.close()
        with Client(port) as client:
            client.start_tls()
            assert client.reply() == ["220 relay.test ESMTP"]
        assert gateway.submission.port != port


def test_each_client_behind_a_balancer_has_its_own_room(tmp_path: Path) -> None:
    limits = Limits(connections_per_address=1)
    with running(tmp_path, limits, balancers=LOOPBACK) as gateway:
        clients = []
        for number, answer in ((7, "220"), (8, "220"), (7, "421")):
            client = Client(gateway.mx.port)
            client.send(b"PROXY TCP4 198.51.100.%d 192.0.2.25 40001 25\r\n" % number)
            assert client.reply()[0].startswith(answer)
            clients.append(client)
        for client in clients:
            client.close()


def test_one_client_behind_a_balancer_cannot_take_everybodys_place_on_the_doorstep(tmp_path: Path) -> None:
    limits = Limits(connections=3, connections_per_address=1)
    with running(tmp_path, limits, balancers=LOOPBACK) as gateway:
        port = gateway.submission.tls_port
        header = b"PROXY TCP4 198.51.100.%d 192.0.2.25 40001 465\r\n"
        with Client(port) as silent:
            silent.send(header % 7)
            time.sleep(0.05)
            for _ in range(3):
                with Client(port) as again:
                    again.send(header % 7)
                    assert again.is_closed()
            with Client(port) as other:
                other.send(header % 8)
                other.start_tls()
                assert other.reply() == ["220 relay.test ESMTP"]


def test_a_header_that_does_not_come_is_waited_for_a_few_seconds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proxy, "HEADER_TIMEOUT_S", 0.2)
    with running(tmp_path, balancers=LOOPBACK) as gateway, Client(gateway.mx.port) as client:
        client.send(b"PROXY TC")
        assert client.is_closed()


def test_stopping_lets_go_of_who_has_not_come_in(tmp_path: Path) -> None:
    began = time.monotonic()
    with running(tmp_path, balancers=LOOPBACK) as gateway:
        client = Client(gateway.submission.tls_port)
        client.send(b"PROXY TCP4 198.51.100.7 192.0.2.25 40001 465\r\n")
        time.sleep(0.05)
        port = gateway.submission.tls_port
    assert client.is_closed()
    client.close()
    assert time.monotonic() - began < 5
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", port), 1)
