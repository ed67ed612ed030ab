"""Runs the built program for the tests of this folder.

Each test file is a script that takes the program's path and is otherwise a unittest module.
"""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else "demuxsim"

# One server, two clients; every expectation holds.
WEB = """\
scenario: 1
title: One well-known port, two browsers
about: |
  The server never leaves port 80.
  Each reply finds its way by the 4-tuple.
seed: 42
params: {style: same-port, state: ESTABLISHED}
hosts:
  web:   {ip: 10.0.0.1,  processes: {nginx: {listen: {port: http, setup: "${style}", reply: 1KiB}}}}
  alice: {ip: 10.0.0.11, processes: {browser: {}}}
  bob:   {ip: 10.0.0.12, processes: {browser: {}}}
network: {delay: 10ms, rate: 100Mbit/s}
timeline:
  - {at: 0ms,  by: alice/browser, connect: "web:http", as: a1}
  - {at: 2ms,  by: bob/browser,   connect: "web:80", as: b1, expect: ok}
  - {at: 40ms, socket: a1, send: 200B}
  - {at: 80ms, socket: a1, close: true}
expect:
  - {at: 39ms, socket: a1, state: "${state}"}
  - {at: 39ms, port: "web:80", class: well-known, state: LISTEN, owner: web/nginx}
"""

# The same with an expectation that fails, on line 19.
WRONG = ["--set", "state=CLOSING"]

# Two mistakes, on lines 3 and 4.
BROKEN = """\
scenario: 1
hosts:
  web: {ip: 10.0.0.1, processes: {nginx: {listen: 80800}}}
  bob: {adress: 10.0.0.2}
"""

# Takes minutes unless somebody ends it.
LONG = """\
scenario: 1
until: 1000000s
hosts:
  server: {ip: 10.0.0.1, processes: {web: {listen: {port: 80, reply: 1KiB}}}}
  client: {ip: 10.0.1.1, count: 20,
           processes: {load: {connect: {to: "server:80", times: 1000000000, request: 100B}}}}
network: {delay: 1ms}
"""


def child_settings():
    """Python ignores SIGPIPE, a shell in the background SIGINT; the program is to find neither."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def environment(**changes):
    clean = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    return {**clean, "TERM": "xterm", **changes}


def start(*arguments, **settings):
    settings = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE,
                "env": environment(), "preexec_fn": child_settings, **settings}
    return subprocess.Popen([PROGRAM, *map(str, arguments)], **settings)


class Ended:
    """What a run of the program left behind."""

    def __init__(self, status, out, err):
        self.status = status
        self.out = out.decode("utf-8")
        self.err = err.decode("utf-8")

    def records(self):
        return [json.loads(line) for line in self.out.splitlines()]


def run(*arguments, stdin=None, **settings):
    if stdin is not None:
        settings["stdin"] = subprocess.PIPE
    process = start(*arguments, **settings)
    try:
        out, err = process.communicate(None if stdin is None else stdin.encode(), timeout=60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise
    return Ended(process.returncode, out or b"", err or b"")


class ProgramTest(unittest.TestCase):
    """Has a folder of its own, with the scenarios of above in it."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="demuxsim-test-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.web = self.write("web.yaml", WEB)
        self.broken = self.write("broken.yaml", BROKEN)
        self.long = self.write("long.yaml", LONG)

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path

    def names(self):
        return sorted(path.name for path in self.folder.iterdir())

    def assert_usage_error(self, ended, *words):
        self.assertEqual(ended.status, 2, ended.err)
        self.assertEqual(ended.out, "")
        for word in words:
            self.assertIn(word, ended.err)


def main():
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
