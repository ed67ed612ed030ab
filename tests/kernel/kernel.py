"""Runs cases with real sockets, in two network namespaces of this machine."""

import errno
import select
import socket
import struct
import time

from case import ANSWERED, is_ipv6
from network_namespaces import ADDRESSES

IP_BIND_ADDRESS_NO_PORT = 24
ESTABLISHED, CLOSED, CLOSE_WAIT = 1, 7, 8  # include/net/tcp_states.h
PATIENCE = 2.0  # For what happens at once unless the machine is very busy, in seconds.
SILENCE = 0.15  # After so long an unanswered connect is left to time out, while others go on.


def name_of(error):
    return "ok" if error == 0 else errno.errorcode[error]


def wait_until(condition):
    limit = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > limit:
            return False
        time.sleep(0.0002)
    return True


def plain(name):
    """Address and port; an IPv4 address in IPv6 is that IPv4 address."""
    return name[0].removeprefix("::ffff:"), name[1]


def state_of(made):
    return made.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]


def reset(made):
    made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    made.close()


class KernelCase:
    """One case on its way."""

    def __init__(self, network, case):
        self.network = network
        self.case = case
        self.port = case.port
        self.sockets = {}
        self.accepting = []
        self.children = {}  # What a listener has accepted, by the name of the caller.
        self.local = {}  # Host and port of those who have called.
        self.waiting = []  # Calls that nobody answers, with the place of their answer.
        self.answers = []

    def run(self):
        if self.case.ephemeral:
            self.network.set_ephemeral("a", self.port, self.port + self.case.ephemeral - 1)
        for step in self.case.steps:
            if step.new or step.socket in self.sockets or step.peer:
                answer = getattr(self, step.call)(step)
            else:
                answer = "none"
            self.answers.append(answer if step.call in ANSWERED else "ok")
        if self.case.ephemeral:
            self.network.set_ephemeral("a", 32768, 60999)

    def end(self):
        for _, made in self.waiting:
            select.select([], [made], [], 10)
        for place, made in self.waiting:
            self.answers[place] = name_of(made.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))
        for made in [*self.sockets.values(), *self.children.values()]:
            reset(made)

    def make(self, step, ipv6):
        made = self.network.socket(step.host, socket.AF_INET6 if ipv6 else socket.AF_INET)
        made.setblocking(True)
        # connect gives up waiting, not calling, after this time.
        made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO,
                        struct.pack("ll", 0, int(SILENCE * 1e6)))
        for option, word in ((socket.SO_REUSEADDR, "address"), (socket.SO_REUSEPORT, "port")):
            if word in step.reuse:
                made.setsockopt(socket.SOL_SOCKET, option, 1)
        if step.no_port:
            made.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
        self.sockets[step.socket] = made
        return made

    def endpoint(self, step, made):
        address = ADDRESSES[step.address]
        if made.family == socket.AF_INET6 and ":" not in address:
            address = "::ffff:" + address
        return address, self.port if step.port == "port" else step.port

    def bind(self, step):
        made = self.sockets.get(step.socket) or self.make(step, is_ipv6(step.address))
        try:
            made.bind(self.endpoint(step, made))
            return "ok"
        except OSError as error:
            if step.new:
                self.forget(step.socket)
            return name_of(error.errno)

    def listen(self, step):
        made = self.sockets.get(step.socket) or self.make(step, ipv6=True)
        try:
            made.listen(step.backlog)
        except OSError as error:
            return name_of(error.errno)
        if step.accept and made not in self.accepting:
            made.setblocking(False)
            self.accepting.append(made)
        return "ok"

    def connect(self, step):
        made = self.sockets.get(step.socket) or self.make(step, is_ipv6(step.address))
        target = self.endpoint(step, made)
        result = made.connect_ex(target)
        if result == errno.EINPROGRESS:
            self.waiting.append((len(self.answers), made))
            return "EINPROGRESS"
        if result == 0:
            self.local[step.socket] = step.host, made.getsockname()[1]
            self.accept(step.socket, made, plain(target)[1])
        elif step.new:
            self.forget(step.socket)
        return name_of(result)

    def accept(self, caller, made, port):
        listeners = [each for each in self.accepting if each.getsockname()[1] == port]
        if plain(made.getsockname()) == plain(made.getpeername()):
            return  # It has called itself.

        def accepted():
            for listener in listeners:
                try:
                    child, peer = listener.accept()
                except BlockingIOError:
                    continue
                if plain(peer) == plain(made.getsockname()):
                    self.children[caller] = child
                    return True
                reset(child)
            return False
        if listeners and not wait_until(accepted):
            raise RuntimeError(f"{self.case.name}: nobody has accepted {caller}")

    def close(self, step):
        made = (self.children if step.peer else self.sockets).pop(step.socket, None)
        other = (self.sockets if step.peer else self.children).get(step.socket)
        if made is None:
            return
        if made in self.accepting:
            self.accepting.remove(made)
        state = state_of(made)
        if state == CLOSE_WAIT:
            # The peer has acknowledged our FIN before this is CLOSED, and is in TIME-WAIT.
            made.shutdown(socket.SHUT_WR)
            self.wait_for(made, CLOSED)
        made.close()
        if state == ESTABLISHED and other is not None:
            self.wait_for(other, CLOSE_WAIT)

    def wait_for(self, made, state):
        if not wait_until(lambda: state_of(made) == state):
            raise RuntimeError(f"{self.case.name}: waited for state {state}")

    def abort(self, step):
        self.forget(step.socket)

    def forget(self, name):
        made = self.sockets.pop(name)
        if made in self.accepting:
            self.accepting.remove(made)
        reset(made)


def run_cases(network, cases):
    """For each case the list of its answers."""
    running = []
    for case in cases:
        running.append(KernelCase(network, case))
        running[-1].run()
        if not running[-1].waiting:
            running[-1].end()
    for each in running:
        if each.waiting:
            each.end()
    return [each.answers for each in running]
