"""Where the simulator answers otherwise than the kernel, and why it shall.

An exception looks at the first step whose answers differ; what follows in the case has then
another history. One that is needed but finds no case any more fails the test.
"""

import dataclasses
import typing


@dataclasses.dataclass
class Difference:
    case: object
    step: object
    ours: str
    theirs: str
    before: list  # Steps before this one, with the kernel's answers.


    def answers(self):
        return self.ours, self.theirs


def remembers_the_last_sharer(found):
    """Linux keeps with each port who has last bound it with SO_REUSEPORT, and lets in who agrees
    with that one (sk_reuseport_match), without asking the others."""
    holders = [step for step, answer in found.before
               if step.new and step.host == found.step.host and answer == "ok"]
    with_option = ["port" in step.reuse for step in holders]
    return (found.step.call == "bind" and "port" in found.step.reuse
            and any(with_option) and not all(with_option)
            and found.answers() == ("EADDRINUSE", "ok"))


def forgets_who_has_moved(found):
    """A socket bound to a wildcard that connects moves to the sockets of its address
    (inet_bhash2_update_saddr), whose state does not change; when another one leaves, the port looks
    as if connect had chosen it for everybody (inet_bind_bucket state, 6.18)."""
    bound = {step.socket for step, answer in found.before
             if step.call == "bind" and answer == "ok" and step.address.startswith("any")}
    moved = any(step.call == "connect" and step.socket in bound and answer == "ok"
                for step, answer in found.before)
    left = any(step.call in ("close", "abort") for step, _ in found.before)
    return (found.step.call == "connect" and moved and left
            and found.answers() == ("EADDRNOTAVAIL", "ok"))


def forgets_late(found):
    """Before 6.18 a port that was ever bound is not shared among destinations until all have left
    it."""
    return (found.step.call == "connect" and found.step.port != 0
            and any(step.call in ("close", "abort") for step, _ in found.before)
            and found.answers() == ("ok", "EADDRNOTAVAIL"))


def calls_nowhere(found):
    return (found.step.call == "connect" and found.step.address == "any4"
            and found.answers() == ("ENETUNREACH", "ok"))


def has_no_route(found):
    return (found.step.call == "connect" and found.step.address == "stranger"
            and found.answers() == ("ETIMEDOUT", "ENETUNREACH"))


@dataclasses.dataclass
class Allowed:
    reason: str
    applies: typing.Callable
    releases: typing.Callable = lambda release: True
    needed: bool = True  # False: it need not come about in every run.


EXCEPTIONS = [
    Allowed("a short cut of Linux: SO_REUSEPORT is checked against the last socket that had it, "
            "so one without it is passed over; socket(7) says that all must have it",
            remembers_the_last_sharer),
    Allowed("from 6.18 on Linux takes a port for one that connect has chosen when others leave it, "
            "though one who bound it to a wildcard is still there, connected",
            forgets_who_has_moved, lambda release: release >= (6, 18)),
    Allowed("RFC 9293 MUST-46 refuses calls to 0.0.0.0, which Linux takes for loopback",
            calls_nowhere),
    Allowed("the simulator has no routes in a host, and nothing that reports an address without "
            "one: it is silent", has_no_route),
    Allowed("before 6.18 a port that has been bound stays closed to connect for longer",
            forgets_late, lambda release: release < (6, 18), needed=False),
]


def of_release(release):
    return [each for each in EXCEPTIONS if each.releases(release)]


def find(difference, release):
    for exception in of_release(release):
        if exception.applies(difference):
            return exception
    return None
