"""A small range of ephemeral ports, used up in every way there is."""

import itertools

from bind_matrix import FLAGS, word_of
from case import Case

PORTS = 8  # An even number: of an odd one Linux leaves the last unused.
TURNS = range(PORTS + 1)


def used_up(name, **details):
    return Case(f"{PORTS} ephemeral ports, {name}", ephemeral=PORTS, **details)


def by_connect():
    case = used_up("two destinations").serve("b1").serve("b2", name="other")
    for place, turn in itertools.product(("b1", "b2"), TURNS):
        case.connect(f"{place}-{turn}", place)
    yield case.bind("late", "a1", port=0).bind("elsewhere", "a2", port=0).bind(
        "everywhere", "any4", port=0)
    case = used_up("two ports of a server").serve("b1").serve("b1", port=9, name="other")
    for port, turn in itertools.product(("port", 9), TURNS):
        case.connect(f"{port}-{turn}", "b1", port=port)
    yield case
    case = used_up("given back").serve("b1").serve("b2", name="other")
    for turn in TURNS:
        case.connect(f"first{turn}", "b1")
    case.abort("first3").connect("again", "b1").connect("more", "b1")
    case.close("first5").close_peer("first5").connect("waits", "b1").connect("else", "b2")
    yield case


def by_bind():
    for place, flags in itertools.product(("a1", "any4", "any6", "a6"), FLAGS):
        case = used_up(f"bind to port 0 of {place} {word_of(flags)}").serve("b1")
        for turn in TURNS:
            case.bind(f"first{turn}", place, port=0, reuse=flags)
        for other in ("a2", "any4", "a7", "any6"):
            case.bind(other, other, port=0, reuse=flags)
        yield case.connect("call", "b1")
    for place in ("a1", "any4"):
        case = used_up(f"bound to port 0 of {place} before connect").serve("b1").serve(
            "b2", name="other")
        for turn in TURNS:
            case.bind(f"first{turn}", place, port=0).connect(
                f"first{turn}", "b1" if turn % 2 else "b2")
        yield case.connect("call", "b1").connect("call", "b2")


def by_bind_without_port():
    for place in ("a1", "any4", "a6"):
        servers = ("b6", "b6") if place == "a6" else ("b1", "b2")
        case = used_up(f"bind of {place} that leaves the port to connect")
        case.serve(servers[0]).serve(servers[1], port=9, name="other")
        for port, turn in itertools.product(("port", 9), TURNS):
            server = servers[0 if port == "port" else 1]
            case.bind(f"{port}-{turn}", place, port=0, no_port=True)
            case.connect(f"{port}-{turn}", server, port=port)
        yield case
    case = used_up("bind that leaves the port to listen")
    for turn in TURNS:
        case.bind(f"first{turn}", "a1", port=0, no_port=True).listen(f"first{turn}")
    yield case.bind("second", "a2", port=0, no_port=True).listen("second")
    yield (used_up("bind without a port is no bind").bind("first", "a1", port=0, no_port=True)
           .bind("second", "a1").bind("first", "a1").bind("first", "a2"))
    yield (used_up("bind to a number, port or not").bind("first", "a1", no_port=True)
           .bind("second", "a1", no_port=True))


def by_listen():
    case = used_up("listen without bind")
    for turn in TURNS:
        case.listen(f"first{turn}")
    yield case.connect("call", "b1")


def shared():
    """A port that somebody has asked for by number is not shared among destinations."""
    for place, flags in itertools.product(("a1", "a2", "any4", "any6", "a6"), FLAGS):
        case = used_up(f"one bound at {place} {word_of(flags)}").serve("b1")
        case.bind("holder", place, reuse=flags)
        for turn in TURNS:
            case.connect(f"first{turn}", "b1")
        yield case
    case = Case("bound while shared, then given back", ephemeral=1, since=(6, 18))
    case.serve("b1").serve("b2", name="other").connect("first", "b1", reuse=["address"])
    case.bind("second", "a1", reuse=["address"]).connect("third", "b2").close("second")
    yield case.connect("fourth", "b2")


def cases():
    for group in (by_connect, by_bind, by_bind_without_port, by_listen, shared):
        yield from group()
