"""Random calls on few ports and addresses: what nobody has thought of."""

import random

from bind_matrix import FLAGS
from case import Case

STEPS = 16
PLACES = ("a1", "a2", "any4", "any6", "a6", "loopback")


class Walk:
    """A case that grows by random steps, each on a new socket or on one that may exist."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.case = Case(f"random calls {seed}", ephemeral=1)
        self.case.serve("b1").serve("b2", name="other")
        self.sockets = []
        self.connected = []
        self.made = 0

    def pick(self, choices):
        return self.random.choice(choices)

    def flags(self):
        return self.pick(FLAGS)

    def new(self):
        self.made += 1
        self.sockets.append(f"s{self.made}")
        return self.sockets[-1]

    def bind(self):
        port = self.pick(("port", "port", "port", 0))
        self.case.bind(self.new(), self.pick(PLACES), port=port, reuse=self.flags(),
                       no_port=self.random.random() < 0.2, host="a")

    def connect_new(self):
        self.case.connect(self.new(), self.pick(("b1", "b2")), reuse=self.flags())
        self.connected.append(self.sockets[-1])

    def connect(self):
        # Who is bound to an address of another family, or to loopback, cannot get there.
        able = [step.socket for step in self.case.steps if step.call == "bind" and step.new
                and step.address in ("a1", "a2", "any4", "any6") and step.socket in self.sockets]
        if able:
            self.connected.append(self.pick(able))
            self.case.connect(self.connected[-1], self.pick(("b1", "b2")))

    def be_called(self):
        self.case.connect(self.new(), self.pick(("a1", "a2")), host="b")
        self.connected.append(self.sockets[-1])

    def listen(self):
        if self.sockets:
            self.case.listen(self.pick(self.sockets))

    def close(self):
        if self.sockets:
            gone = self.pick(self.sockets)
            self.sockets.remove(gone)
            ends = [self.case.close]
            if gone in self.connected and self.random.random() < 0.7:
                ends.append(self.case.close_peer)
                self.random.shuffle(ends)
            for end in ends:
                end(gone)

    def abort(self):
        if self.sockets:
            gone = self.pick(self.sockets)
            self.sockets.remove(gone)
            self.case.abort(gone)

    def run(self):
        ways = [self.bind] * 4 + [self.connect_new, self.connect, self.connect, self.be_called,
                                  self.listen, self.listen, self.close, self.close, self.abort]
        while len(self.case.steps) < STEPS:
            self.pick(ways)()
        return self.case


def cases(count):
    for seed in range(count):
        yield Walk(seed).run()
