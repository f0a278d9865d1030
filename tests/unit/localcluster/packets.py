"""Reads the table of policies as the kernel would, as far as that table goes, for the first packet of a connection."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

Verdict = str | None


@dataclass(frozen=True)
class Packet:
    source: str
    destination: str
    protocol: str = "tcp"
    port: int = 0
    translated: bool = False
    """Whether its destination was the address of a Service."""


class PacketFilter:
    def __init__(self, text: str) -> None:
        blocks = re.findall(r"(chain|map|set) (\S+) \{\n(.*?)\n    \}", text, re.DOTALL)
        self._chains = {name: _rules(body) for kind, name, body in blocks if kind == "chain"}
        self._maps = {name: dict(re.findall(r"(\S+) : jump ([^\s,]+)", body)) for _, name, body in blocks}
        self._sets = {name: _elements(re.findall(r"\{.*\}", body)) for kind, name, body in blocks if kind == "set"}

    def lets_through(self, packet: Packet, hook: str = "forwarded") -> bool:
        return self._run(hook, packet) != "drop"

    def _run(self, chain: str, packet: Packet) -> Verdict:
        """Return the verdict of a chain, nothing when it leaves that to whoever jumped here."""
        for rule in self._chains[chain]:
            verdict = self._verdict(iter(rule), packet)
            if verdict:
                return None if verdict == "return" else verdict
        return None

    def _verdict(self, words: Iterator[str], packet: Packet) -> Verdict:
        """Return the verdict of a rule, nothing when one of its expressions does not match."""
        for word in words:
            if word in {"return", "drop", "accept"}:
                return word
            if word == "jump":
                return self._run(next(words), packet)
            if word == "vmap":
                field, name = next(words), next(words)
                address = packet.source if field == "saddr" else packet.destination
                chain = self._maps[name[1:]].get(address)
                return self._run(chain, packet) if chain else None
            if word != "counter" and not self._matches(word, words, packet):
                return None
        raise AssertionError("a rule without a verdict")

    def _matches(self, word: str, words: Iterator[str], packet: Packet) -> bool:
        match word, next(words):
            case "ip", field:
                return self._is_address(packet.source if field == "saddr" else packet.destination, words)
            case "ct", field:
                return (field, next(words)) == ("status", "dnat") and packet.translated
            case "meta", "l4proto":
                return packet.protocol in _elements([next(words)])
            case protocol, "dport":
                low, _, high = next(words).partition("-")
                return protocol in {packet.protocol, "th"} and int(low) <= packet.port <= int(high or low)
        raise AssertionError(f"unknown expression {word}")

    def _is_address(self, address: str, words: Iterator[str]) -> bool:
        operand = next(words)
        return not self._holds(next(words), address) if operand == "!=" else self._holds(operand, address)

    def _holds(self, operand: str, address: str) -> bool:
        if operand.startswith("@"):
            return address in self._sets[operand[1:]]
        return any(ip_address(address) in ip_network(element) for element in _elements([operand]))


def _rules(body: str) -> list[list[str]]:
    # A verdict map stands behind what it looks up: its name goes first, as with every other word here.
    lines = [re.sub(r"ip (\S+) vmap", r"vmap \1", line.strip()) for line in body.splitlines()]
    return [re.findall(r"\{[^}]*\}|\S+", line) for line in lines if line and not line.startswith(("#", "type "))]


def _elements(operands: list[str]) -> set[str]:
    return {element for operand in operands for element in re.findall(r"[^\s{},]+", operand)}
