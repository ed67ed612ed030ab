#!/usr/bin/env python3
"""Reads the golden JSON files with Python's parser, which knows nothing of how they were written.

report_test.cpp proves that the program writes these very bytes; this proves that they are JSON, in
UTF-8, with the fields that users of the format rely on, in their order.
"""

import json
import pathlib
import sys

HERE = pathlib.Path(__file__).parent
HOSTILE_HOST = 'm"\\\n\x1b\u00e9'

SEGMENT = "id action host src sport dst dport flags seq ack win len"
FIELDS = {
    "segment": [SEGMENT + options + reason
                for options in ("", " options") for reason in ("", " reason")],
    "demux": ["id host src sport dst dport rule examined examined_connections examined_listeners "
              "process pid fd algorithm"],
    "state": ["host process socket local peer from to"],
    "port": ["host process port class action", "host process port class action probes"],
    "call": ["host process call args result socket"],
    "expect": ["line held what found"],
    "summary": ["events segments connections failed_expectations fingerprint"],
    "socket": ["host state recv_q send_q local peer process pid fd socket timer timer_left_ns"],
}
TYPES = {
    "t_ns": int, "id": int, "sport": int, "dport": int, "seq": int, "ack": int, "win": int,
    "len": int, "examined": int, "examined_connections": int, "examined_listeners": int,
    "port": int, "line": int, "held": bool, "args": dict, "options": dict, "flags": list, "events": int,
    "recv_q": int, "send_q": int, "probes": int,
    "pid": (int, type(None)), "fd": (int, type(None)), "process": (str, type(None)),
    "socket": (str, type(None)), "timer": (str, type(None)), "timer_left_ns": (int, type(None)),
    "segments": int, "connections": int, "failed_expectations": int,
}


def without_repeats(pairs):
    names = [name for name, _ in pairs]
    assert len(names) == len(set(names)), names
    return dict(pairs)


def lines_of(name):
    text = (HERE / name).read_bytes().decode("utf-8", errors="strict")
    assert text.endswith("\n"), name
    return [json.loads(line, object_pairs_hook=without_repeats)
            for line in text.removesuffix("\n").split("\n")]


def check(record):
    names = list(record)
    assert names[:2] == ["t_ns", "kind"], record
    assert " ".join(names[2:]) in FIELDS[record["kind"]], record
    assert ("reason" in record) == (record.get("action") == "dropped"), record
    assert ("probes" in record) == (record.get("action") == "allocated"), record
    for name, value in record.items():
        assert isinstance(value, TYPES.get(name, str)), (name, record)


def check_hostile_names(records):
    hostile = [record for record in records if record.get("host") == HOSTILE_HOST]
    assert hostile, "no record of the host with the hostile name"
    processes = {record["process"] for record in hostile if record.get("process")}
    assert processes == {HOSTILE_HOST + "/\ufffd\tx"}, processes
    assert {record["socket"] for record in hostile if record.get("socket")} == {
        'q"q.17', 'q"q.17.first'}


def main():
    records = lines_of("report.jsonl")
    for record in records + lines_of("report_sockets.jsonl"):
        check(record)
    assert {record["kind"] for record in records} == set(FIELDS) - {"socket"}
    assert {record["action"] for record in records if record["kind"] == "segment"} == {
        "sent", "received", "dropped"}
    assert records[-1]["kind"] == "summary"
    int(records[-1]["fingerprint"], 16)
    check_hostile_names(records)

    (table,) = lines_of("report_sockets.json")
    rows = [dict(t_ns=table["t_ns"], kind="socket", host=host["host"], **row)
            for host in table["hosts"] for row in host["sockets"]]
    assert rows == lines_of("report_sockets.jsonl")


if __name__ == "__main__":
    sys.exit(main())
