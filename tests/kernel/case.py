"""A case: socket calls in words that both the simulator and the kernel can be given.

Each case has two hosts of its own, `a` and `b`. Addresses are named by what they are:

    a1 a2 b1 b2   IPv4 addresses of the two hosts
    a6 a7 b6      IPv6 addresses of the two hosts
    any4          0.0.0.0
    any6          ::, for IPv4 as well
    stranger      an IPv4 address that no host has
    loopback      127.0.0.1
    multicast     224.0.0.9
    broadcast     255.255.255.255

A port is a number or the word `port`: the one that belongs to the case.
"""

import dataclasses
import typing

# The calls whose answers are compared. The others are ways to a state; what follows is compared.
ANSWERED = ("bind", "listen", "connect")
ADDRESSES_OF_ALL = {"any4": "0.0.0.0", "any6": "::", "stranger": "192.0.2.1",
                    "loopback": "127.0.0.1", "multicast": "224.0.0.9",
                    "broadcast": "255.255.255.255"}
ADDRESSES = {"a": ["a1", "a2", "a6", "a7"], "b": ["b1", "b2", "b6"]}


def is_ipv6(address):
    return address in ("a6", "a7", "b6", "any6")


def host_of(address):
    """The host that has the address; `a` for those that every host has."""
    return "b" if address.startswith("b") else "a"


@dataclasses.dataclass
class Step:
    """One call. Its answer is `ok`, the name of an errno, or `none`: the socket does not exist."""

    call: str  # bind listen connect close abort exit
    socket: str
    host: str = "a"
    address: typing.Optional[str] = None  # bind: what to, connect: where to
    port: typing.Union[int, str] = "port"
    new: bool = False  # Makes the socket.
    reuse: tuple = ()  # Of a new socket: `address`, `port`.
    no_port: bool = False  # bind: IP_BIND_ADDRESS_NO_PORT.
    backlog: int = 16
    accept: bool = True  # listen: whether the process accepts what comes.
    peer: bool = False  # close, abort: the other end, which a listener has accepted.

    def __str__(self):
        what = f"{self.call} {self.socket}{'.peer' if self.peer else ''}"
        if self.address is not None:
            what += f" {self.address}:{self.port}"
        if self.new:
            what += f" [{','.join(self.reuse) or 'plain'}{' no-port' if self.no_port else ''}]"
        return what


class Case:
    """Steps in order. The methods add one each."""

    def __init__(self, name, ephemeral=None, gap_ms=100, since=None):
        self.name = name
        self.port = None
        self.ephemeral = ephemeral  # How many ephemeral ports `a` has, from the case's own on.
        self.gap_ms = gap_ms  # Simulated time between steps.
        self.since = since  # The first release of Linux that decides so.
        self.steps = []
        self.sockets = {}

    def add(self, call, socket, **details):
        new = socket not in self.sockets
        if new:
            self.sockets[socket] = details.get("host", "a")
        details["host"] = self.sockets[socket]
        self.steps.append(Step(call, socket, new=new, **details))
        return self

    def bind(self, socket, address, port="port", reuse=(), no_port=False, host=None):
        return self.add("bind", socket, address=address, port=port, reuse=tuple(reuse),
                        no_port=no_port, host=host or host_of(address))

    def listen(self, socket, backlog=16, accept=True, **of_new_socket):
        return self.add("listen", socket, backlog=backlog, accept=accept, **of_new_socket)

    def connect(self, socket, address, port="port", host="a", reuse=()):
        return self.add("connect", socket, address=address, port=port, host=host,
                        reuse=tuple(reuse))

    def close(self, socket):
        return self.add("close", socket)

    def close_peer(self, socket):
        return self.add("close", socket, peer=True)

    def abort(self, socket):
        return self.add("abort", socket)

    def serve(self, address, port="port", name="server", **listen):
        """A listener that accepts, ready to be called."""
        return self.bind(name, address, port).listen(name, **listen)


def number(cases, first_port=2000):
    """Gives each case ports of its own: where TIME-WAIT lasts, no other case comes."""
    port = first_port
    for case in cases:
        case.port = port
        port += case.ephemeral or 1
    assert port <= 32768, "the cases want too many ports"
    return cases
