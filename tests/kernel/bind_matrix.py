"""Who may have a port that somebody holds: every holder against every second socket."""

import itertools

from case import Case, is_ipv6

FLAGS = [(), ("address",), ("port",), ("address", "port")]
PLACES = ["a1", "a2", "any4", "any6", "a6"]


def word_of(flags):
    return "+".join(flags) or "plain"


def peer_of(place):
    """The server that a holder at this place calls."""
    return "b6" if is_ipv6(place) and place != "any6" else "b1"


def called_at(place):
    """Where a holder at this place is called."""
    return {"any4": "a1", "any6": "a1"}.get(place, place)


def bound(case, place, flags):
    case.bind("first", place, reuse=flags)


def listening(case, place, flags):
    case.bind("first", place, reuse=flags).listen("first")


def connected(case, place, flags):
    case.serve(peer_of(place)).bind("first", place, reuse=flags).connect("first", peer_of(place))


def connected_from_ephemeral(case, place, flags):
    case.ephemeral = 1
    case.serve(peer_of(place)).connect("first", peer_of(place), reuse=flags)


def accepted(case, place, flags):
    case.bind("first", place, reuse=flags).listen("first")
    case.connect("client", called_at(place), host="b").close("first")


def waiting_client(case, place, flags):
    connected(case, place, flags)
    case.close("first").close_peer("first")


def waiting_server(case, place, flags):
    case.bind("first", place, reuse=flags).listen("first")
    case.connect("client", called_at(place), host="b")
    case.close_peer("client").close("client").close("first")


HOLDERS = {
    "bound": bound,
    "listening": listening,
    "connected": connected,
    "connected from ephemeral port": connected_from_ephemeral,
    "accepted": accepted,
    "in TIME-WAIT, client": waiting_client,
    "in TIME-WAIT, server": waiting_server,
}


def cases():
    for (state, hold), place, flags, second, second_flags in itertools.product(
            HOLDERS.items(), PLACES, FLAGS, PLACES, FLAGS):
        if hold is connected_from_ephemeral and place not in ("a1", "a6"):
            continue  # Who does not bind has no wildcard address, nor a choice.
        case = Case(f"{place} {word_of(flags)} {state}, then {second} {word_of(second_flags)}")
        hold(case, place, flags)
        case.bind("second", second, reuse=second_flags)
        if hold is bound:
            case.listen("first")
        case.listen("second")
        yield case
        if hold is bound:
            other = Case(case.name + ", who listens first")
            hold(other, place, flags)
            yield other.bind("second", second, reuse=second_flags).listen("second").listen("first")
