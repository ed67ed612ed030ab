#!/usr/bin/env python3
"""A long run on a terminal, and what Ctrl-C leaves of it."""

import json
import os
import pty
import select
import signal
import subprocess
import time
from xml.etree import ElementTree

from program import LONG, ProgramTest, child_settings, main, run, start


def wait_for(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("it did not happen")
        time.sleep(0.02)


def read_until(descriptor, done, seconds=30):
    """What a terminal got, up to where done() of it is true."""
    text = b""
    end = time.monotonic() + seconds
    while not done(text) and time.monotonic() < end:
        if select.select([descriptor], [], [], 0.2)[0]:
            try:
                text += os.read(descriptor, 65536)
            except OSError:  # The other side has closed it.
                break
    return text.decode()


class CtrlC(ProgramTest):
    def test_a_file_is_whole_and_valid(self):
        target = self.folder / "out.jsonl"
        before = self.names()
        process = start("run", self.long, "-f", "jsonl", "-o", target)

        def has_written():
            parts = [path for path in self.folder.iterdir() if path.name.startswith(".demuxsim")]
            return parts and parts[0].stat().st_size > 1_000_000
        wait_for(has_written)
        self.assertFalse(target.exists())
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
        self.assertEqual((process.returncode, out), (130, b""))
        self.assertRegex(err.decode(), r"^demuxsim: stopped at [0-9.]+ s .* [0-9]+ events\n$")
        self.assertEqual(self.names(), sorted(before + ["out.jsonl"]))
        text = target.read_text()
        self.assertTrue(text.endswith("}\n"))
        kinds = {json.loads(line)["kind"] for line in text.splitlines()}
        self.assertIn("demux", kinds)
        self.assertNotIn("summary", kinds)  # Which would say that the run came to its end.

    def test_a_pipe_is_whole_and_valid(self):
        process = start("run", self.long, "-f", "jsonl")
        first = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        with process.stdout, process.stderr:
            rest = process.stdout.read()
        self.assertEqual(process.wait(timeout=30), 130)
        for line in (first + rest).splitlines(keepends=True):
            self.assertTrue(line.endswith(b"\n"))
            json.loads(line)

    def test_other_signals(self):
        for each in (signal.SIGTERM, signal.SIGHUP):
            process = start("run", self.long, "-o", self.folder / "out")
            wait_for(lambda: any(name.startswith(".demuxsim") for name in self.names()))
            time.sleep(0.2)
            process.send_signal(each)
            process.communicate(timeout=30)
            self.assertEqual(process.returncode, 128 + each)
            self.assertFalse(any(name.startswith(".demuxsim") for name in self.names()))

    def test_captures_and_pictures_are_whole(self):
        pcap, page, ladder = (self.folder / f"out.{kind}" for kind in ("pcapng", "html", "svg"))
        process = start("run", self.long, "--quiet", "--pcap", pcap, "--html", page, "--ladder",
                        ladder)
        wait_for(lambda: any(path.stat().st_size > 1_000_000 for path in self.folder.iterdir()))
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130)
        data = pcap.read_bytes()
        at = 0
        while at < len(data):  # The length of each block stands at both its ends.
            length = int.from_bytes(data[at + 4:at + 8], "little")
            self.assertEqual(data[at + length - 4:at + length], data[at + 4:at + 8])
            at += length
        self.assertIn(b"the run was interrupted after this", data[-1000:])
        self.assertTrue(page.read_text().rstrip().endswith("</html>"))
        ElementTree.fromstring(ladder.read_text())

    def test_statistics_judge_nothing(self):
        process = start("run", self.web_forever(), "--stats", "-f", "csv")
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 130)
        self.assertIn("run,,,expectations,failed,0", out.decode())
        self.assertNotIn("failed", err.decode())

    def web_forever(self):
        """Long, with an expectation."""
        return self.write("expect.yaml", LONG + 'expect: [{port: "server:80", state: LISTEN}]\n')

    def test_an_empty_answer_replaces_nothing(self):
        target = self.write("old.txt", "old")
        process = start("run", self.long, "--quiet", "-o", target)
        wait_for(lambda: any(name.startswith(".demuxsim") for name in self.names()))
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
        self.assertEqual(process.returncode, 130)
        self.assertEqual(target.read_text(), "old")
        self.assertFalse(any(name.startswith(".demuxsim") for name in self.names()))

    def test_quiet_says_how_far_it_came(self):
        process = start("run", self.long, "--quiet")
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
        self.assertEqual((process.returncode, out), (130, b""))
        self.assertIn(b"stopped at", err)

    def test_a_signal_that_was_ignored_stays_so(self):
        """As under nohup."""
        def settings():
            child_settings()
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
        process = start("run", self.long, "-q", preexec_fn=settings)
        for each in (signal.SIGHUP, signal.SIGINT):
            time.sleep(0.4)
            self.assertIsNone(process.poll())
            process.send_signal(each)
        process.communicate(timeout=30)
        self.assertEqual(process.returncode, 130)


class OnATerminal(ProgramTest):
    def setUp(self):
        super().setUp()
        self.screen, self.terminal = pty.openpty()
        self.addCleanup(os.close, self.screen)

    def start_on_terminal(self, *words):
        process = start(*words, stdout=subprocess.DEVNULL, stderr=self.terminal)
        os.close(self.terminal)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def test_progress_comes_and_goes(self):
        process = self.start_on_terminal("run", self.long, "-o", "/dev/null")
        seen = read_until(self.screen, lambda text: text.count(b"\r") >= 3)
        self.assertRegex(seen, r"\r[0-9.]+ s simulated, [0-9.]+[kMG]? events, "
                               r"[0-9.]+[kMG]? segments/s\x1b\[K")
        process.send_signal(signal.SIGINT)
        rest = read_until(self.screen, lambda text: b"stopped" in text)
        self.assertRegex(rest, r"\r\x1b\[Kdemuxsim: stopped at")

    def test_no_progress_when_quiet(self):
        process = self.start_on_terminal("run", self.long, "-q")
        time.sleep(1.2)
        process.send_signal(signal.SIGINT)
        seen = read_until(self.screen, lambda text: b"stopped" in text)
        self.assertTrue(seen.startswith("demuxsim: stopped at"), seen)

    def test_no_progress_when_short(self):
        process = self.start_on_terminal("run", self.web)
        self.assertEqual(read_until(self.screen, lambda text: False), "")
        self.assertEqual(process.wait(timeout=30), 0)

    def test_colour(self):
        def on_terminal(**variables):
            screen, terminal = pty.openpty()
            environment = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
            process = start("run", self.web, stdout=terminal, stderr=terminal,
                            env={**environment, "TERM": "xterm", **variables})
            os.close(terminal)
            text = read_until(screen, lambda text: b"fingerprint" in text and text.endswith(b"\n"))
            self.assertEqual(process.wait(30), 0)
            os.close(screen)
            return text
        self.assertIn("\x1b[", on_terminal())
        self.assertNotIn("\x1b", on_terminal(NO_COLOR="1"))
        self.assertIn("\x1b[", on_terminal(NO_COLOR=""))  # https://no-color.org: when not empty.
        self.assertNotIn("\x1b", on_terminal(TERM="dumb"))

    def test_complaints_have_colour_too(self):
        self.start_on_terminal("check", self.broken)
        text = read_until(self.screen, lambda text: b"adress" in text)
        self.assertIn("\x1b[1;31merror:", text)
        self.assertNotIn("\x1b", run("check", self.broken).err)


if __name__ == "__main__":
    main()
