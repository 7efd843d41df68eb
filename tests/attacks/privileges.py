"""Become root: set-uid programs, capabilities, uid maps, devices, writable system files."""

import os
import stat
import subprocess

COMMANDS = """
su -c id
sudo -n id
newgrp root
pkexec id
bwrap --bind / / id
unshare -r id
unshare -Ur id
nsenter -t 1 -a id
chroot / id
mount -t tmpfs none .
setpriv --reuid 0 id
"""
for command in COMMANDS.strip().splitlines():
    try:
        done = subprocess.run(command.split(), capture_output=True, timeout=1, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired):
        continue
    if done.returncode == 0:
        print("GOT IN:", command, done.stdout)
for path in (
    "/proc/self/uid_map",
    "/proc/self/setgroups",
    "/proc/sys/kernel/core_pattern",
    "/proc/sysrq-trigger",
    "/proc/1/oom_score_adj",
    "/dev/mem",
    "/dev/kmsg",
    "/proc/sys/vm/overcommit_memory",
    "/proc/1/mem",
    "/sys/kernel/uevent_helper",
):
    try:
        os.close(os.open(path, os.O_WRONLY))
        print("GOT IN:", path)
    except OSError:
        pass
for action in (
    lambda: os.setuid(0),
    lambda: os.setgid(0),
    lambda: os.setgroups([0]),
    lambda: os.nice(-5),
    lambda: os.chroot("."),
    lambda: os.mknod("sda", stat.S_IFBLK | 0o600, os.makedev(8, 0)),
    lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)),
):
    try:
        action()
        print("GOT IN:", action)
    except OSError:
        pass
