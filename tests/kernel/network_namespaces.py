"""Two hosts as network namespaces with a cable between them, and a way to make sockets in each.

The namespaces have no names: the kernel takes them away, and the cable with them, when the
process ends, however it does. Nothing outside of them is touched.
"""

import ctypes
import os
import pathlib
import socket
import subprocess
import sys

from case import ADDRESSES_OF_ALL

CLONE_NEWNET = 0x40000000
SKIPPED = 77
SYSCTLS = {
    "net/ipv4/tcp_timestamps": "0",  # The simulator has none, nor PAWS, which relies on them.
    "net/ipv4/tcp_syn_retries": "1",
    "net/ipv4/tcp_syn_linear_timeouts": "0",
    "net/ipv4/tcp_migrate_req": "0",
    "net/ipv4/tcp_fastopen": "0",
    "net/ipv4/ip_autobind_reuse": "0",
    "net/ipv6/bindv6only": "0",
}
ADDRESSES = {"a1": "10.0.0.1", "a2": "10.0.0.2", "a6": "fd00::2", "a7": "fd00::4",
             "b1": "10.0.0.3", "b2": "10.0.0.4", "b6": "fd00::3",
             **ADDRESSES_OF_ALL}

_libc = ctypes.CDLL(None, use_errno=True)


def _check(result, what):
    if result != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{what}: {os.strerror(error)}")


def _ip(*arguments):
    subprocess.run(["ip", *arguments], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.PIPE)


def unavailable():
    """Why namespaces cannot be made here, or nothing."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "only root of a Linux may make network namespaces"
    try:
        with Network():
            return None
    except (OSError, subprocess.CalledProcessError) as error:
        told = getattr(error, "stderr", None)
        return told.decode().strip() if told else str(error)


def skip_without_namespaces():
    """Ends the test where there can be none. In CI, that is a failure."""
    reason = unavailable()
    if reason:
        print(f"SKIPPED: the kernel cannot be asked: {reason}", flush=True)
        sys.exit(1 if os.environ.get("CI") == "true" else SKIPPED)


class Network:
    """Hosts `a` and `b`. Use it as a context: afterwards the process is back where it was."""

    def __enter__(self):
        self.home = os.open("/proc/self/ns/net", os.O_RDONLY)
        self.hosts = {}
        try:
            self._make()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _make(self):
        for host in "ab":
            self.hosts[host] = self._new_namespace()
        self._enter("a")
        _ip("link", "add", "cable", "type", "veth", "peer", "name", "cable",
            "netns", f"/proc/{os.getpid()}/fd/{self.hosts['b']}")
        for host in self.hosts:
            self._configure(host)
        self.leave()

    def __exit__(self, *_):
        self.leave()
        for namespace in [*self.hosts.values(), self.home]:
            os.close(namespace)

    @staticmethod
    def _new_namespace():
        _check(_libc.unshare(CLONE_NEWNET), "unshare")
        return os.open("/proc/self/ns/net", os.O_RDONLY)

    def _enter(self, host):
        _check(_libc.setns(self.hosts[host], CLONE_NEWNET), "setns")

    def leave(self):
        _check(_libc.setns(self.home, CLONE_NEWNET), "setns")

    def _configure(self, host):
        self._enter(host)
        for name, value in SYSCTLS.items():
            path = pathlib.Path("/proc/sys", name)
            if path.exists():  # Some are younger than others.
                path.write_text(value, encoding="ascii")
        _ip("link", "set", "lo", "up")
        for word, address in ADDRESSES.items():
            if word[0] == host and word[1].isdigit():
                more = ["nodad"] if ":" in address else []
                if word == "a7":
                    more += ["preferred_lft", "0"]  # Never the source of one's own accord.
                _ip("addr", "add", address + ("/64" if ":" in address else "/24"),
                    "dev", "cable", *more)
        _ip("link", "set", "cable", "up")

    def socket(self, host, family):
        self._enter(host)
        try:
            made = socket.socket(family, socket.SOCK_STREAM)
        finally:
            self.leave()
        made.setblocking(False)
        return made

    def set_ephemeral(self, host, first, last):
        self._enter(host)
        try:
            pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").write_text(
                f"{first} {last}", encoding="ascii")
        finally:
            self.leave()
