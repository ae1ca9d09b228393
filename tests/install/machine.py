"""A minimal Debian, made for the purpose, so that nothing of this machine helps the installer.

It lives in a process and mount namespace of its own: when the machine is shut down, whatever was started or mounted
in it is gone. Only what every machine has anyway is brought along: how this one reaches the network (resolver,
apt's proxy, pip's index and certificates). Its services listen on this machine's loopback, at ports of their own.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

CERTIFICATES = "/etc/network-certificates.crt"  # not Debian's own path: its package writes that one itself


class Machine:
    """Debian of this suite at root; up while the with-block runs."""

    def __init__(self, root: Path, suite: str) -> None:
        self.root, self.suite = root, suite
        self.environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8"}

    def __enter__(self) -> Machine:
        made = subprocess.run(
            ["debootstrap", "--variant=minbase", self.suite, self.root], capture_output=True, text=True
        )
        assert made.returncode == 0, made.stdout[-3000:] + made.stderr
        self.shared = self._join_network()
        self.keeper = subprocess.Popen(
            ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", BOOT, "boot", self.root, *self.shared],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.keeper.stdout.readline() == "up\n"
        return self

    def __exit__(self, *_exception: object) -> None:
        self.keeper.send_signal(signal.SIGKILL)  # --kill-child takes the namespace's first process along, and all
        self.keeper.wait()

    def command(self, *command: object, **environment: str) -> list[str]:
        """The command line that runs command in there."""
        (first,) = Path(f"/proc/{self.keeper.pid}/task/{self.keeper.pid}/children").read_text().split()
        variables = [f"{name}={value}" for name, value in {**self.environment, **environment}.items()]
        enter = ["nsenter", f"--target={first}", "--mount", "--pid", "chroot", str(self.root)]
        return [*enter, "env", "--ignore-environment", *variables, *(str(part) for part in command)]

    def run(self, *command: object, **environment: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            self.command(*command, **environment),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=1200,
        )  # fmt: skip

    def _join_network(self) -> list[str]:
        """Copy how this machine reaches the network; the folders that pip's settings name, to be mounted."""
        for name in ("resolv.conf", "hosts", "hostname"):
            shutil.copyfile(f"/etc/{name}", self.root / "etc" / name)
        apt = subprocess.run(["apt-config", "dump", "Acquire"], capture_output=True, text=True, check=True).stdout
        (self.root / "etc/apt/apt.conf.d/99network").write_text(apt)
        pip = subprocess.run(["pip", "config", "list"], capture_output=True, text=True, check=True).stdout
        settings = dict(re.findall(r"^(?:global|:env:)\.([\w-]+)='(.*)'$", pip, re.MULTILINE))
        if bundle := settings.get("cert", os.environ.get("SSL_CERT_FILE")):
            shutil.copyfile(bundle, self.root / CERTIFICATES.lstrip("/"))
            settings["cert"] = CERTIFICATES
        lines = "".join(f"{name} = {value}\n" for name, value in settings.items())
        (self.root / "etc/pip.conf").write_text(f"[global]\n{lines}")
        words = " ".join(value for name, value in settings.items() if name != "cert").split()
        folders = (word.removeprefix("file://") for word in words)
        return sorted({str(Path(*Path(folder).parts[:3])) for folder in folders if Path(folder).is_dir()})


# the first process in there: mounts, tells that it is up, then only buries the dead
BOOT = """
set -e
root=$1; shift
mount --make-rprivate /
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
for folder in "$@"; do mkdir -p "$root$folder"; mount --rbind "$folder" "$root$folder"; done
echo up
while :; do sleep 1; done
"""


if __name__ == "__main__":  # a machine to look around in: python tests/install/machine.py DIRECTORY SUITE COMMAND…
    with Machine(Path(sys.argv[1]), sys.argv[2]) as machine:
        raise SystemExit(subprocess.run(machine.command(*sys.argv[3:])).returncode)
