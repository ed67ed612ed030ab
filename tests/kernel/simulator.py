"""Runs cases in the simulator: all of them in one scenario, each on two hosts of its own."""

import collections
import ipaddress
import json
import pathlib
import subprocess
import tempfile

from case import ADDRESSES, ADDRESSES_OF_ALL, ANSWERED

class Names:
    """What a case's hosts, addresses and sockets are called in the scenario."""

    OFFSETS = {"a1": 1, "a2": 2, "b1": 3, "b2": 4, "a6": 1, "a7": 2, "b6": 3}

    def __init__(self, index, port):
        self.index = index
        self.port = port

    def address(self, word):
        if word in ("a6", "a7", "b6"):
            base = int(ipaddress.ip_address("fd00::"))
            return str(ipaddress.ip_address(base + self.index * 8 + self.OFFSETS[word]))
        if word in self.OFFSETS:
            base = int(ipaddress.ip_address("10.0.0.0"))
            return str(ipaddress.ip_address(base + self.index * 8 + self.OFFSETS[word]))
        return ADDRESSES_OF_ALL[word]

    def endpoint(self, step):
        address = self.address(step.address)
        port = self.port if step.port == "port" else step.port
        return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"

    def host(self, host):
        return f"{host}{self.index}"

    def socket(self, socket):
        return f"c{self.index}-{socket}"


def hosts_of(names, case):
    hosts = {}
    for host, addresses in ADDRESSES.items():
        spec = {"ip": [names.address(each) for each in addresses], "processes": {"p": {}}}
        if host == "a" and case.ephemeral:
            spec["ephemeral"] = f"{names.port}-{names.port + case.ephemeral - 1}"
        hosts[names.host(host)] = spec
    return hosts


def listen_spec(step):
    return {"backlog": step.backlog, "accept": step.accept, "close": "never"}


def timeline_step(names, step, at_ms):
    made = {"at": f"{at_ms}ms"}
    if step.new:
        made["by"] = f"{names.host(step.host)}/p"
        made["as"] = names.socket(step.socket)
        if step.reuse and step.call != "listen":
            made["reuse"] = list(step.reuse)
    else:
        made["socket"] = names.socket(step.socket) + (".peer" if step.peer else "")
    if step.call == "listen":
        made["listen"] = listen_spec(step)
        if step.new:
            made["listen"]["port"] = 0
            if step.reuse:
                made["listen"]["reuse"] = list(step.reuse)
    elif step.call in ("bind", "connect"):
        made[step.call] = names.endpoint(step)
        if step.no_port:
            made["bind_address_no_port"] = True
    else:
        made[step.call] = True
    return made


def scenario_of(cases):
    hosts, timeline = {}, []
    for index, case in enumerate(cases):
        names = Names(index, case.port)
        hosts.update(hosts_of(names, case))
        for number, step in enumerate(case.steps):
            timeline.append(timeline_step(names, step, (number + 1) * case.gap_ms))
    return {"scenario": 1, "profile": "linux", "hosts": hosts,
            "tcp": {"syn_retries": 1, "msl": "30s"}, "network": {"delay": "1ms"},
            "timeline": timeline}


def call_records(program, scenario, *options):
    """The records of calls that a scenario leaves, in order."""
    with tempfile.TemporaryDirectory(prefix="demuxsim-kernel-") as folder:
        path = pathlib.Path(folder) / "cases.json"
        path.write_text(json.dumps(scenario, indent=0), encoding="utf-8")
        run = subprocess.run([program, "run", "--format", "jsonl", *options, str(path)],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120,
                             check=False)
    if run.returncode != 0:
        raise RuntimeError(f"demuxsim: {run.stderr.decode()[:2000]}")
    return [json.loads(line) for line in run.stdout.splitlines() if b'"kind":"call"' in line]


def run_cases(program, cases):
    """For each case the list of its answers."""
    records = collections.defaultdict(list)
    for record in call_records(program, scenario_of(cases)):
        records[record["socket"], record["call"]].append((record["t_ns"], record["result"]))
    return [answers_of(case, Names(index, case.port), records)
            for index, case in enumerate(cases)]


def answers_of(case, names, records):
    """A call is answered when it is made or, where the network has to be asked, later on."""
    answers = ["ok" if step.call not in ANSWERED else None for step in case.steps]
    for at_once in (True, False):
        for number, step in enumerate(case.steps):
            if answers[number] is not None:
                continue
            made = (number + 1) * case.gap_ms * 1_000_000
            left = records[names.socket(step.socket), step.call]
            found = [each for each in left if (each[0] == made) or not at_once]
            if found:
                left.remove(found[0])
                answers[number] = found[0][1]
    return [answer or "none" for answer in answers]
