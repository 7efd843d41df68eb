"""Refuse the system calls that student code never needs and attackers of a kernel like.

A seccomp filter is a small program in the classic BPF language that the kernel runs at each system call of a
process and of all its children; it can never be taken off (kernel documentation, seccomp_filter.rst). Ours
lets everything pass but a short list. It stands behind the namespaces, not in their place.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
import sys

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000  # SECCOMP_RET_*: what a filter can answer
REFUSE, UNKNOWN = ERRNO | errno.EPERM, ERRNO | errno.ENOSYS
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06  # BPF instructions
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16  # places in what the filter sees (struct seccomp_data)
NAMESPACES = 0x7E020080  # CLONE_NEW*: mounts, cgroup, UTS, IPC, user, PID, network, time
AF_UNIX, MAP_SHARED, MAP_ANONYMOUS = 1, 0x01, 0x20
X32 = 0x40000000  # x86_64 has a second set of system calls from here on

COLUMN = {"x86_64": 0, "aarch64": 1}  # of NUMBERS
AUDIT_ARCH = (0xC000003E, 0xC00000B7)
NUMBERS = {
    # other namespaces, file systems
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41),
    "chroot": (161, 51), "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430),
    "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442),
    "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265), "fanotify_init": (300, 262),
    "quotactl": (179, 60), "sync": (162, 81), "syncfs": (306, 267),
    # other processes
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272),
    "pidfd_getfd": (438, 438), "process_madvise": (440, 440),
    # parts of the kernel with a long list of past holes, or that go round this filter
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282), "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426), "io_uring_register": (427, 427), "io_setup": (206, 0), "keyctl": (250, 219),
    "add_key": (248, 217), "request_key": (249, 218), "kexec_load": (246, 104), "kexec_file_load": (320, 294),
    "init_module": (175, 105), "finit_module": (313, 273), "syslog": (103, 116), "vmsplice": (278, 75),
    # memory that belongs to no process, so that no limit counts it
    "memfd_create": (319, 279), "memfd_secret": (447, 447), "shmget": (29, 194), "msgget": (68, 186),
    "semget": (64, 190), "mq_open": (240, 180),
}  # fmt: skip
CLONE, CLONE3, SOCKET, SOCKETPAIR, MMAP = (56, 220), (435, 435), (41, 198), (53, 199), (9, 222)


def step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    """One instruction; the last two say how many instructions to skip after a comparison."""
    return struct.pack("HBBI", code, if_true, if_false, value)


def argument(number: int) -> int:
    """The place of the lower half of an argument of the system call."""
    return ARGUMENTS + 8 * number


def rule(number: int, *then: bytes) -> list[bytes]:
    """Instructions for one system call; others pass over them."""
    return [step(EQUAL, number, 0, len(then)), *then]


def program(column: int) -> bytes:
    """The filter for x86_64 (column 0) or aarch64 (1)."""
    allow, refuse = step(RETURN, ALLOW), step(RETURN, REFUSE)
    only_unix = [step(LOAD, argument(0)), step(EQUAL, AF_UNIX, 1, 0), refuse, allow]
    steps = [step(LOAD, ARCHITECTURE), step(EQUAL, AUDIT_ARCH[column], 1, 0), step(RETURN, KILL), step(LOAD, NUMBER)]
    if column == COLUMN["x86_64"]:
        steps += [step(AT_LEAST, X32, 0, 1), step(RETURN, KILL)]
    for numbers in NUMBERS.values():
        steps += rule(numbers[column], refuse)
    steps += rule(CLONE3[column], step(RETURN, UNKNOWN))  # its flags lie in memory, out of sight; libc falls back
    steps += rule(CLONE[column], step(LOAD, argument(0)), step(ANY_BIT, NAMESPACES, 0, 1), refuse, allow)
    steps += rule(SOCKET[column], *only_unix)  # among others AF_VSOCK, which no network namespace holds back
    steps += rule(SOCKETPAIR[column], *only_unix)
    steps += rule(MMAP[column], step(LOAD, argument(3)), step(ANY_BIT, MAP_ANONYMOUS, 1, 0), allow,
                  step(ANY_BIT, MAP_SHARED, 0, 1), refuse, allow)  # fmt: skip
    return b"".join([*steps, allow])


def install() -> bool:
    """Put this process and all its future children under the filter, for good; returns whether that worked."""
    column = COLUMN.get(platform.machine())
    if column is None or sys.byteorder != "little":
        return False
    code = program(column)
    steps = ctypes.create_string_buffer(code, len(code))
    whole = ctypes.create_string_buffer(struct.pack("HP", len(code) // 8, ctypes.addressof(steps)))
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(whole), 0, 0) == 0
