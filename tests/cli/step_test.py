#!/usr/bin/env python3
"""Walking through a run: from a pipe, and at a terminal."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
import unicodedata

from program import PROGRAM, ProgramTest, environment, main, run, start


def walk(path, *commands, options=(), **variables):
    return run("step", path, *options, stdin="".join(f"{each}\n" for each in commands),
               env=environment(**{"LC_ALL": "C.UTF-8", "COLUMNS": "100", **variables}))


class FromAPipe(ProgramTest):
    def said(self, *commands, **settings):
        ended = walk(self.web, *commands, **settings)
        self.assertEqual((ended.status, ended.err), (0, ""))
        return ended.out

    def test_begins_at_the_first_event_and_ends_with_the_input(self):
        out = self.said()
        self.assertTrue(out.startswith("# One well-known port, two browsers\n"), out)
        self.assertRegex(out, r"\n\d+ events of \d+ segments, up to \d+\.\d{6} s; 'help' ")
        self.assertRegex(out, r"\nevent 1 of \d+, 0\.000000 s\n"
                              r"0\.000000  web    port   80 \(well-known\) bound by nginx")
        self.assertNotIn("> ", out.split("event 1 ")[0])

    def test_commands_are_echoed(self):
        out = self.said("next", "", "quit", "next")
        self.assertEqual(re.findall(r"(?m)^> ?(.*)$", out), ["next", "", "quit"])
        self.assertEqual(re.findall(r"event (\d+) of", out), ["1", "2", "3"])

    def test_the_words_are_those_of_run(self):
        lines = set(run("run", self.web).out.splitlines())
        for line in self.said("n 200", "b 200", *["n"] * 200, COLUMNS="300").splitlines():
            if re.match(r"\d+\.\d{6}  ", line):
                self.assertIn(line, lines)

    def test_every_happening_is_told_once(self):
        told = [line for line in self.said(*["n"] * 200, COLUMNS="300").splitlines()
                if re.match(r"\d+\.\d{6}  ", line)]
        records = [line for line in run("run", self.web).out.splitlines()
                   if re.match(r"\d+\.\d{6}  ", line)]
        self.assertEqual(told, records)

    def test_to_a_time(self):
        out = self.said("to 39ms", "to 0", "to 1h")
        events = re.findall(r"event (\d+) of (\d+), ([\d.]+) s", out)
        self.assertLessEqual(float(events[1][2]), 0.039)
        self.assertEqual(events[2][2], "0.000000")
        self.assertEqual(events[3][0], events[3][1])

    def test_until(self):
        out = self.said("until state ESTABLISHED")
        self.assertIn("SYN-SENT -> ESTABLISHED", out)
        self.assertIn("=> browser (pid 101, fd 3) gets it.", out)
        self.assertIn("  bob  ", self.said("until host bob").split("> until")[1])
        out = self.said("until demux miss")
        self.assertIn("no later event is like that; this is still event 1\n", out)
        out = self.said("last", "back until flags SYN", "")
        first, second = re.findall(r"event (\d+) of", out)[2:]
        self.assertGreater(int(first), int(second))
        out = self.said("until segment 2", "", "")
        self.assertEqual(len(set(re.findall(r"10\.0\.0\.\d+:\d+ > 10\.0\.0\.\d+:\d+", out))), 1)
        for each in ("socket a1", "process web/nginx", "process browser", "port 80", "call send",
                     "demux hit", "demux", "flags PSH,ACK"):
            self.assertIn("event", self.said(f"until {each}").split("> until")[1], each)

    def test_sockets(self):
        out = self.said("to 39ms", "sockets", "s bob")
        self.assertIn("LISTEN       *:80", out)
        self.assertRegex(out, r"ESTABLISHED  10\.0\.0\.1:80 +10\.0\.0\.11:49152  nginx \(pid 101, fd 4\)")
        self.assertRegex(out.split("> s bob")[1], r"^\nbob\n +State .*\n +ESTABLISHED +10\.0\.0\.12:49152 "
                         r" 10\.0\.0\.1:80  browser \(pid 101, fd 3\)  b1\n$")

    def test_ports(self):
        out = self.said("to 39ms", "ports")
        self.assertRegex(out, r"80 +well-known +0\.000000 +LISTEN, 2 ESTABLISHED +nginx \(pid 101\)")
        self.assertRegex(out, r"49152 +ephemeral +0\.002000 +ESTABLISHED +browser \(pid 101\)")

    def test_why(self):
        explained = run("explain", self.web).out.split("\n\n")[1]
        out = self.said("until demux", "why", COLUMNS="300")
        self.assertIn(explained.strip(), out)
        out = self.said("until segment 1", "why", COLUMNS="300")
        self.assertRegex(out, r"This segment comes to its end in event \d+:\n")
        self.assertIn(explained.strip(), out)
        self.assertIn("no segment is looked up", self.said("why"))

    def test_ladder(self):
        out = self.said("until demux", "ladder 6")
        self.assertIn("┤", out)
        self.assertRegex(out, r"(?m)^> +0\.0100\d\d  │◀")
        plain = self.said("until demux", "ladder 6", options=["--ascii"])
        self.assertTrue(plain.isascii())
        self.assertIn("<-", plain)

    def test_list(self):
        out = self.said("event 5", "list 3").split("> list 3\n")[1]
        self.assertEqual([line[:3] for line in out.splitlines()], ["  4", "> 5", "  6"])
        self.assertTrue(all(len(line) <= 100 for line in out.splitlines()))

    def test_expect(self):
        out = self.said("expect", options=["--set", "state=CLOSING"])
        self.assertIn("web.yaml:19: failed\n", out)
        self.assertRegex(out, r"\n    found:    .* ESTABLISHED\n")

    def test_options(self):
        self.assertIn("event 7 of", self.said(options=["--event", "7"]))
        out = self.said("last", options=["--until", "30ms"])
        self.assertLessEqual(float(re.findall(r"event .*, ([\d.]+) s", out)[-1]), 0.03)
        out = self.said("until demux", "why", options=["--demux", "sequent:3"])
        self.assertIn("chain", out)
        self.assertIn("\x1b[1mevent 1 of", self.said(options=["--color", "always"]))

    def test_nonsense(self):
        out = self.said("nxt", "until hots web", "until host wbe", "until process web/ngnix",
                        "until socket a2", "event 0", "event 9999", "to nowhere", "sockets bbo", "\x1b[31m")
        for words in ("did you mean 'next'?", "did you mean 'host'?", "did you mean 'web'?",
                      "did you mean 'nginx'?", "there is no socket 'a2'", "there is no event 0",
                      "there is no event 9999", "did you mean 'bob'?"):
            self.assertIn(words, out)
        self.assertNotIn("\x1b", out)
        self.assertEqual(len(re.findall("event . of", out)), 1)

    def test_bad_usage(self):
        self.assert_usage_error(run("step", self.web, "--event", "0"), "--event", "'0'")
        ended = run("step", self.web, "--event", "9999", stdin="")
        self.assertEqual(ended.status, 2)
        self.assertIn("there is no event 9999", ended.err)
        ended = run("step", self.broken, stdin="")
        self.assertEqual((ended.status, ended.out), (2, ""))
        ended = run("step", "-", stdin=self.web.read_text(), start_new_session=True)
        self.assertEqual(ended.status, 2)
        self.assertIn("no terminal for commands", ended.err)

    def test_a_run_in_which_nothing_happens(self):
        text = ("scenario: 1\nhosts:\n  web: {ip: 10.0.0.1, processes: {nginx: {}}}\n"
                "expect:\n  - {at: 1s, port: 'web:80', state: LISTEN}\n")
        empty = self.write("empty.yaml", text)
        ended = walk(empty, "next", "", "first", "ladder", "list", "why", "sockets", "until drop",
                     "to 1s", "nxt", "help", "expect", "quit", "expect")
        self.assertEqual((ended.status, ended.err), (0, ""))
        first, *answers = re.split(r"(?m)^> .*\n", ended.out)
        self.assertIn("nothing happens in this run", first)
        for answer in answers[:9]:
            self.assertEqual(answer, first)
        self.assertIn("did you mean 'next'?", answers[9])
        self.assertIn("h, help", answers[10])
        self.assertIn("empty.yaml:5: failed\n", answers[11])
        self.assertEqual(answers[12], "")
        ended = run("step", empty, "--event", "2", stdin="")
        self.assertEqual(ended.status, 2)
        self.assertIn("nothing happens", ended.err)

    def test_a_long_run_has_a_gap(self):
        ended = walk(self.long, "until host client.3", "last", "sockets server", "ports server",
                     "first", "last", "ladder", "why", options=["--until", "20s"])
        self.assertEqual(ended.status, 0)
        self.assertRegex(ended.out, r"\nThe run is long: .* \d+ in between")
        self.assertEqual(ended.out.count("segments left out,"), 3)
        self.assertRegex(ended.out, r"80 +well-known +before \d+\.\d{6} +LISTEN")

    def test_wrapped_lines_keep_their_indent(self):
        out = self.said("help", COLUMNS="60").split("> help\n")[1]
        self.assertRegex(out, r"\n  demux RULE         a look-up [^\n]+\n {21}\S")
        for width in (40, 50, 80):
            out = self.said("until demux", "why", "expect", COLUMNS=str(width),
                            options=["--set", "state=CLOSING"])
            self.assertRegex(out, r"\n  1\. address")
            self.assertRegex(out, r"\n  2\. ")
            self.assertRegex(out, r"\n    expected:")
            self.assertNotRegex(out, r"\n(1\. |2\. |expected:|found:)")

    def test_tables_of_narrow_terminals(self):
        out = self.said("to 39ms", "sockets web", "ports web", COLUMNS="44")
        self.assertIn("\n   State        Process\n     Local - Peer\n", out)
        self.assertRegex(out, r"\n.  ESTABLISHED  nginx \(pid 101, fd 4\)"
                              r"\n     10\.0\.0\.1:80 - 10\.0\.0\.11:49152\n")
        self.assertRegex(out, r"\n  80    well-known  0\.000000\n"
                              r"     LISTEN, 2 ESTABLISHED  nginx \(pid 101\)\n")
        out = self.said("to 39ms", "sockets alice", COLUMNS="42")
        self.assertRegex(out, r"\n +State +Process +S…\n")
        self.assertRegex(out, r"\n +ESTABLISHED +browser \(pid 101, fd 3\)  a1\n")

    def test_a_segment_that_there_is_not(self):
        out = self.said("until segment 999", "until segment 0")
        for each in (0, 999):
            self.assertRegex(out, rf"\nthere is no segment {each}\n  the run has segments 1 to \d\d\n")

    def test_a_port_by_name(self):
        by_name = self.said("until port http").split("> until")[1].splitlines()[1:]
        self.assertEqual(by_name, self.said("until port 80").split("> until")[1].splitlines()[1:])
        self.assertRegex(by_name[0], "event . of")

    def test_sent_again(self):
        lossy = self.web.read_text().replace("delay: 10ms", "delay: 10ms, loss: 30%")
        ended = walk(self.write("lossy.yaml", lossy), *["next"] * 300, "list 300", COLUMNS="200")
        told, listed = re.split(r"(?m)^> list 300\n", ended.out)
        again = re.findall(r"(?m)^\d.*\(sent again\)$", told)
        self.assertTrue(again)
        self.assertEqual(re.findall(r"(?m)^[> ] +\d+  (\d.*\(sent again\))$", listed), again)
        self.assertNotIn("sent again", self.said(*["next"] * 300))

    def test_the_help_tells_of_events_and_of_the_exit_status(self):
        text = run("help", "step").out
        self.assertIn("exit status is 0 whatever", text)
        self.assertIn("An event\n", text)

    def test_lines_are_wrapped(self):
        for width in (30, 40, 72):
            out = self.said("until demux", "why", "s", "p", "ladder", "list", "expect", "help",
                            COLUMNS=str(width))
            for line in out.splitlines():
                self.assertLessEqual(len(line), width, line)

    def test_a_reader_that_goes_away(self):
        process = start("step", self.web, stdin=subprocess.PIPE)
        process.stdout.close()
        process.stdin.write(b"next\n" * 1000)
        process.stdin.close()
        process.wait(timeout=30)
        self.assertEqual(process.stderr.read(), b"")
        process.stderr.close()

    def test_hostile_input(self):
        for text in ("\0\0\n", "x" * 100_000, "n " * 5000, "\n" * 3000, "next"):
            ended = run("step", self.web, stdin=text)
            self.assertEqual((ended.status, ended.err), (0, ""))


class AtATerminal(ProgramTest):
    def open(self, width, *options, **variables):
        """A session on a terminal that is so wide."""
        screen, terminal = pty.openpty()
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
        settings = environment(**{"LC_ALL": "C.UTF-8", **variables})

        def own_terminal():
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
            signal.signal(signal.SIGINT, signal.SIG_DFL)
        self.process = start("step", self.web, *options, stdin=terminal, stdout=terminal,
                             stderr=terminal, env=settings, preexec_fn=own_terminal)
        os.close(terminal)
        self.addCleanup(os.close, screen)
        self.addCleanup(self.process.wait)
        self.addCleanup(self.process.kill)
        self.screen = screen

    def read(self, seconds=20):
        """What comes up to the next prompt."""
        text = b""
        end = time.monotonic() + seconds
        while not re.search(rb"\(\d+/\d+\) $", text) and time.monotonic() < end:
            if select.select([self.screen], [], [], 0.2)[0]:
                try:
                    text += os.read(self.screen, 65536)
                except OSError:  # The other side has closed it.
                    break
        return text.decode().replace("\r\n", "\n")

    def type(self, text):
        os.write(self.screen, text.encode())

    def ask(self, text):
        self.type(text + "\n")
        return self.read()

    def test_prompt_and_answers(self):
        self.open(120, "--color=never")
        self.assertRegex(self.read(), r"event 1 of (\d+), 0\.000000 s\n(.*\n)+\(1/\d+\) $")
        self.assertRegex(self.ask("next"), r"^next\nevent 2 of (.*\n)+\(2/\d+\) $")
        self.assertRegex(self.ask(""), r"event 3 of")
        self.type("q\n")
        self.assertEqual(self.process.wait(timeout=20), 0)

    def test_arrow_keys(self):
        self.open(80)
        self.read()
        said = self.ask("\x1b[A")
        self.assertIn("arrow keys mean nothing here", said)
        self.assertIn("rlwrap", said)
        self.assertRegex(said, r"\n\(1/\d+\) $")

    def test_end_of_input(self):
        self.open(80)
        self.read()
        self.type("\x04")
        self.assertEqual(self.process.wait(timeout=20), 0)

    def test_ctrl_c(self):
        self.open(80)
        self.read()
        self.type("\x03")
        self.assertEqual(self.process.wait(timeout=20), 130)

    def test_widths_and_characters(self):
        for width in (40, 120):
            for locale, ascii_only in (("C.UTF-8", False), ("C", True)):
                with self.subTest(f"{width} {locale}"):
                    self.open(width, "--color=never", LC_ALL=locale)
                    self.read()
                    self.ask("until demux")
                    said = self.ask("ladder") + self.ask("sockets") + self.ask("list")
                    self.assertEqual(said.isascii(), ascii_only)
                    for line in said.splitlines():
                        self.assertLessEqual(len(line), width, line)
                        self.assertFalse(any(unicodedata.east_asian_width(c) in "WF" for c in line))
                    self.assertIn("nginx", said)

    def test_a_window_that_changes(self):
        self.open(120, "--color=never")
        self.read()
        self.ask("until demux")
        self.assertGreater(max(map(len, self.ask("ladder").splitlines())), 60)
        fcntl.ioctl(self.screen, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 50, 0, 0))
        self.assertLessEqual(max(map(len, self.ask("ladder").splitlines())), 50)

    def test_colour(self):
        self.open(80)
        self.assertIn("\x1b[1mevent 1", self.read())
        self.open(80, NO_COLOR="1")
        self.assertNotIn("\x1b", self.read())

    def test_scenario_from_standard_input(self):
        """Commands then come from the terminal."""
        process, screen = pty.fork()
        if process == 0:
            os.execvp("sh", ["sh", "-c", f"'{PROGRAM}' step - < '{self.web}'"])
        self.screen = screen
        self.addCleanup(os.close, screen)
        self.assertIn("event 1 of", self.read())
        self.assertIn("event 2 of", self.ask("next"))
        self.type("q\n")
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), 0)


if __name__ == "__main__":
    main()
