#!/usr/bin/env python3
"""SO_REUSEPORT workers in the simulator and in the kernel: how connections are spread, who keeps
getting a 4-tuple, and what becomes of those that wait when a worker goes.

The hash differs, and the kernel's from run to run, so this compares what holds for any good hash.
"""

import collections
import errno
import select
import socket
import sys

from kernel import reset
from network_namespaces import ADDRESSES, Network, skip_without_namespaces
from simulator import call_records

WORKERS = 4
CALLS = 400
TUPLES = 20
PORT = 80
# Of chi-square with 3 degrees of freedom, one in 10 million.
MOST_CHI_SQUARE = 34.9


def chi_square(counts):
    mean = sum(counts) / len(counts)
    return sum((count - mean) ** 2 / mean for count in counts)


class Failures:
    def __init__(self):
        self.count = 0

    def check(self, holds, told):
        print(f"{'ok    ' if holds else 'FAILED'}  {told}")
        self.count += not holds


# ---- the kernel ----


def listen_on(network, host, accepting=True):
    made = network.socket(host, socket.AF_INET)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    made.bind((ADDRESSES["b1"], PORT))
    made.listen(CALLS if accepting else 100)
    return made


def call(network, port=0):
    made = network.socket("a", socket.AF_INET)
    made.setblocking(True)
    made.settimeout(5)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if port:
        made.bind((ADDRESSES["a1"], port))
    made.connect((ADDRESSES["b1"], PORT))
    return made


def accept_all(workers):
    """For each worker the ports of the callers that it has accepted."""
    accepted = []
    for worker in workers:
        accepted.append([])
        while True:
            try:
                child, peer = worker.accept()
            except BlockingIOError:
                break
            accepted[-1].append(peer[1])
            reset(child)
    return accepted


def kernel_spread():
    with Network() as network:
        workers = [listen_on(network, "b") for _ in range(WORKERS)]
        callers = [call(network) for _ in range(CALLS)]
        select.select(workers, [], [], 1)
        return [len(ports) for ports in accept_all(workers)]


def kernel_stability():
    """For each of the 4-tuples the workers that got it."""
    got = collections.defaultdict(set)
    with Network() as network:
        workers = [listen_on(network, "b") for _ in range(WORKERS)]
        for _ in range(3):
            callers = [call(network, 50_000 + i) for i in range(TUPLES)]
            for worker, ports in enumerate(accept_all(workers)):
                for port in ports:
                    got[port].add(worker)
            for caller in callers:
                reset(caller)
    return got


def kernel_exit():
    """The callers of a worker that goes while they wait, those who are reset, and what new calls
    get."""
    with Network() as network:
        workers = [listen_on(network, "b", accepting=False) for _ in range(WORKERS)]
        callers = {made.getsockname()[1]: made for made in (call(network) for _ in range(40))}
        workers[0].close()
        was_reset = set()
        for port, made in callers.items():
            made.setblocking(False)
            try:
                made.recv(1)
            except OSError as error:
                if error.errno == errno.ECONNRESET:
                    was_reset.add(port)
        left = {port for ports in accept_all(workers[1:]) for port in ports}
        later = [call(network) for _ in range(40)]
        answered = len(later)
        return set(callers) - left, was_reset, answered


# ---- the simulator ----


def simulate(program, processes, timeline, **more):
    return call_records(program, {
        "scenario": 1, "profile": "linux",
        "hosts": {"b": {"ip": "10.0.0.2",
                        "processes": {"worker": {"count": WORKERS, "listen": {
                            "port": PORT, "reuse": "port", "close": "never", **more}}}},
                  "a": {"ip": "10.0.0.1", "processes": {"client": {}, **processes}}},
        "until": "20s", "timeline": timeline})


def workers_of(records):
    """Who has accepted whom, in order."""
    return [(int(record["process"].rpartition(".")[2]), record["args"]["address"])
            for record in records if record["call"] == "accept"]


def simulated_spread(program):
    load = {"load": {"connect": {"to": f"b:{PORT}", "times": CALLS}}}
    counts = collections.Counter(
        worker for worker, _ in workers_of(simulate(program, load, [], close="after-peer")))
    return [counts[worker] for worker in range(WORKERS)]


def simulated_stability(program):
    timeline = []
    for turn in range(3):
        for i in range(TUPLES):
            name = f"t{turn}-{i}"
            timeline.append({"at": f"{turn * 100}ms", "by": "a/client", "connect": f"b:{PORT}",
                             "from_port": 50_000 + i, "as": name})
            timeline.append({"at": f"{turn * 100 + 50}ms", "socket": name, "abort": True})
    timeline.sort(key=lambda step: int(step["at"][:-2]))
    got = collections.defaultdict(set)
    for worker, caller in workers_of(simulate(program, {}, timeline)):
        got[caller].add(worker)
    return got


def simulated_exit(program):
    """As kernel_exit: 40 calls wait when worker 0 goes, and 40 come later."""
    timeline = [{"at": "1ms", "by": "a/client", "connect": f"b:{PORT}", "as": "early",
                 "times": 40, "every": "1ms"},
                {"at": "1s", "exit": "b/worker.0"},
                {"at": "2s", "socket": "early", "send": "1B", "times": 40, "every": "1ms"},
                {"at": "3s", "by": "a/client", "connect": f"b:{PORT}", "as": "late",
                 "times": 40, "every": "1ms"}]
    records = simulate(program, {}, timeline, accept=False)
    was_reset = {record["socket"] for record in records
                 if record["call"] == "send" and record["result"] == "ECONNRESET"}
    sent = {record["socket"] for record in records
            if record["call"] == "send" and record["result"] == "ok"}
    answered = sum(record["call"] == "connect" and record["result"] == "ok"
                   and record["socket"].startswith("late") for record in records)
    return was_reset, sent, answered


def main(program):
    skip_without_namespaces()
    failures = Failures()
    for name, counts in (("Linux", kernel_spread()), ("demuxsim", simulated_spread(program))):
        value = chi_square(counts)
        failures.check(sum(counts) == CALLS and value < MOST_CHI_SQUARE,
                       f"{name}: {CALLS} connections to {WORKERS} workers: "
                       f"{' '.join(map(str, counts))}, chi-square {value:.1f}")
    for name, got in (("Linux", kernel_stability()), ("demuxsim", simulated_stability(program))):
        failures.check(len(got) == TUPLES and all(len(each) == 1 for each in got.values())
                       and len(set.union(*got.values())) > 1,
                       f"{name}: each of {TUPLES} 4-tuples always finds the same worker")
    waiting, was_reset, answered = kernel_exit()
    failures.check(was_reset == waiting and 0 < len(waiting) < 40,
                   f"Linux: the {len(waiting)} of 40 that waited for a worker that exits are reset")
    failures.check(answered == 40, "Linux: new connections go to those that are left")
    was_reset, sent, answered = simulated_exit(program)
    failures.check(0 < len(was_reset) < 40 and len(was_reset) + len(sent) == 40,
                   f"demuxsim: the {len(was_reset)} of 40 that waited for a worker that exits "
                   "are reset")
    failures.check(answered == 40, "demuxsim: new connections go to those that are left")
    return 1 if failures.count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "demuxsim"))
