"""What a call answers in all the ways that a matrix does not cover."""

import itertools

from bind_matrix import FLAGS, word_of
from case import Case

ANY_FLAGS = ("address", "port")


def with_wrong_partners():
    yield Case("closed port").connect("first", "b1").connect("second", "b1")
    yield Case("closed port, IPv6").connect("first", "b6")
    yield Case("closed port of the same host").connect("first", "a1")
    yield Case("closed port, loopback").connect("first", "loopback")
    yield Case("port 0").connect("first", "b1", port=0)
    yield Case("port 0, IPv6").connect("first", "b6", port=0)
    yield Case("port 0, bound").bind("first", "a1").connect("first", "b1", port=0)
    yield Case("multicast").connect("first", "multicast")
    yield Case("broadcast").connect("first", "broadcast")
    yield Case("the unspecified address").serve("any4").connect("first", "any4", host="a")
    yield Case("call to an address of nobody", gap_ms=10_000).connect("first", "stranger")
    yield Case("call from loopback").serve("b1").bind("first", "loopback").connect("first", "b1")
    yield Case("address of nobody").bind("first", "stranger")
    yield Case("address of another host").bind("first", "b1", host="a")
    yield Case("a port of nobody, then one of somebody").connect("first", "b1").serve(
        "b1").connect("second", "b1")


def refused_while_bound():
    """A refused call leaves the socket bound to what it was bound to by number."""
    for place, flags in itertools.product(("a1", "any4", "any6"), FLAGS):
        for second in ("a1", "a2", "any4"):
            yield (Case(f"refused, bound to {place} {word_of(flags)}, then {second}")
                   .bind("first", place, reuse=flags).connect("first", "b1")
                   .bind("second", second, reuse=flags).connect("first", "b1", port=9)
                   .listen("second").listen("first"))
    yield (Case("refused, then accepted").bind("first", "a1").connect("first", "b1")
           .serve("b1").connect("first", "b1").bind("second", "a1"))
    yield (Case("refused, then closed").bind("first", "a1").connect("first", "b1")
           .close("first").bind("second", "a1"))


def with_itself():
    for place in ("a1", "any4", "any6", "a6", "loopback"):
        target = {"any4": "a1", "any6": "a1"}.get(place, place)
        yield (Case(f"self-connect, bound to {place}").bind("first", place)
               .connect("first", target).bind("second", target).connect("first", target))
    yield Case("self-connect by a listener").bind("first", "a1").listen("first").connect(
        "first", "a1")
    yield Case("call from the same host").serve("a1").connect("first", "a1")
    yield Case("call from the same port of another address").serve("a1").bind(
        "first", "a2").connect("first", "a1")


def twice():
    yield Case("bind twice").bind("first", "a1").bind("first", "a1").bind("first", "a2")
    yield Case("bind twice, another port").bind("first", "a1").bind("first", "a1", port=0)
    yield Case("bind of a listener").bind("first", "a1").listen("first").bind("first", "a1")
    yield Case("bind while connected").serve("b1").connect("first", "b1").bind("first", "a1")
    yield Case("listen without bind").listen("first").listen("second").bind("third", "a1")
    yield Case("listen twice").bind("first", "a1").listen("first").listen("first")
    yield Case("listen while connected").serve("b1").connect("first", "b1").listen("first")
    yield Case("connect twice").serve("b1").connect("first", "b1").connect("first", "b1")
    yield Case("connect twice, elsewhere").serve("b1").serve("b2", name="other").bind(
        "first", "a1").connect("first", "b1").connect("first", "b2")
    yield (Case("connect while connecting").serve("b1", backlog=1, accept=False)
           .connect("one", "b1").connect("two", "b1").connect("three", "b1")
           .connect("three", "b1"))


def with_a_taken_tuple():
    for flags in (("address",), ("port",), ANY_FLAGS):
        case = Case(f"4-tuple taken, {word_of(flags)}").serve("b1").serve("b2", name="other")
        case.bind("first", "a1", reuse=flags).connect("first", "b1")
        case.bind("second", "a1", reuse=flags).connect("second", "b1").connect("second", "b2")
        yield case.bind("third", "any4", reuse=flags).connect("third", "b1").connect(
            "third", "b2").listen("third")
        case = Case(f"4-tuple in TIME-WAIT, {word_of(flags)}").serve("b1").serve(
            "b2", name="other")
        case.bind("first", "a1", reuse=flags).connect("first", "b1")
        case.close("first").close_peer("first").bind("second", "a1", reuse=flags)
        yield case.connect("second", "b1").connect("second", "b2")


def reopened():
    """RFC 9293 section 3.6.1, MAY-2: a SYN may open a connection anew from TIME-WAIT."""
    for place in ("b1", "b6"):
        local = "a1" if place == "b1" else "a6"
        case = Case(f"SYN to TIME-WAIT of {place}").serve(place)
        for turn in range(3):
            case.bind(f"turn{turn}", local).connect(f"turn{turn}", place)
            case.close_peer(f"turn{turn}").close(f"turn{turn}")
        yield case
    case = Case("SYN to TIME-WAIT where nobody listens any more", gap_ms=5000).serve("b1")
    case.bind("first", "a1").connect("first", "b1").close_peer("first").close("first")
    yield case.close("server").bind("second", "a1").connect("second", "b1")


def backlogs():
    for backlog in (1, 2, 3):
        case = Case(f"backlog of {backlog}", gap_ms=10_000)
        case.serve("b1", backlog=backlog, accept=False)
        for call in range(backlog + 3):
            case.connect(f"call{call}", "b1")
        yield case
    case = Case("backlog made larger").serve("b1", backlog=1, accept=False)
    for call in range(2):
        case.connect(f"early{call}", "b1")
    case.listen("server", backlog=3, accept=False)
    for call in range(2):
        case.connect(f"late{call}", "b1")
    yield case


def remembered():
    """What Linux knows of a port is a summary, and sometimes wrong: see exceptions.py."""
    yield (Case("SO_REUSEPORT, where one who shares does not have it").bind(
        "first", "any4", reuse=["address"]).bind("second", "any4", reuse=ANY_FLAGS)
        .bind("third", "a1", reuse=["port"]))
    case = Case("bound to a wildcard, connected, and forgotten", ephemeral=1, since=(6, 18))
    case.serve("b1").serve("b2", name="other").connect("first", "b2", reuse=["port"])
    case.bind("second", "any4", reuse=["port"]).connect("second", "b1").abort("first")
    yield case.connect("third", "b2")


def cases():
    for group in (remembered, with_wrong_partners, refused_while_bound, with_itself, twice,
                  with_a_taken_tuple, reopened, backlogs):
        yield from group()
