"""A real name server on loopback."""

from __future__ import annotations

import threading
from socket import AF_INET, SOCK_DGRAM, socket

import dns.flags
import dns.message
import dns.rcode
import dns.rrset


class NameServer(threading.Thread):
    """Answers over UDP; for broken.test it says that it cannot. Counts questions.

    records: (kind, value) pairs by name, with its last dot; may be changed while it runs.
    """

    def __init__(self, records: dict[str, list[tuple[str, str]]]) -> None:
        super().__init__(daemon=True)
        self.records = records
        self.socket = socket(AF_INET, SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port: int = self.socket.getsockname()[1]
        self.questions = 0

    def run(self) -> None:
        while True:
            data, peer = self.socket.recvfrom(4096)
            if data == b"stop":
                self.socket.close()
                return
            self.questions += 1
            self.socket.sendto(self.answer(dns.message.from_wire(data)).to_wire(), peer)

    def answer(self, query: dns.message.Message) -> dns.message.Message:
        reply = dns.message.make_response(query)
        reply.flags |= dns.flags.RA
        question = query.question[0]
        name = question.name.to_text()
        if name == "broken.test.":
            reply.set_rcode(dns.rcode.SERVFAIL)
        elif name not in self.records:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        alias = [value for kind, value in self.records.get(name, []) if kind == "CNAME"]
        if alias:
            reply.answer.append(dns.rrset.from_text(name, 60, "IN", "CNAME", alias[0]))
            name = alias[0]
        kind = question.rdtype.name
        texts = [value for one, value in self.records.get(name, []) if one == kind]
        if texts:
            reply.answer.append(dns.rrset.from_text_list(name, 60, "IN", kind, texts))
        return reply

    def stop(self) -> None:
        self.socket.sendto(b"stop", ("127.0.0.1", self.port))
        self.join(5)
