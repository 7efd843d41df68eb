"""Ask the kernel for new namespaces, mounts, other processes' memory, keys, io_uring, BPF and more."""

import ctypes
import os
import platform

libc = ctypes.CDLL(None, use_errno=True)
column = {"x86_64": 0, "aarch64": 1}[platform.machine()]
CALLS = {
    "unshare": ((272, 97), 0x10000000),
    "unshare mounts": ((272, 97), 0x00020000),
    "clone3": ((435, 435), 0, 0),
    "setns": ((308, 268), 0, 0),
    "mount": ((165, 40), b"none", b"/tmp", b"tmpfs", 0, None),
    "pivot_root": ((155, 41), b"/tmp", b"/tmp"),
    "chroot": ((161, 51), b"/tmp"),
    "ptrace": ((101, 117), 16, 1, 0, 0),
    "process_vm_readv": ((310, 270), 1, None, 0, None, 0, 0),
    "bpf": ((321, 280), 0, None, 0),
    "io_uring_setup": ((425, 425), 8, ctypes.create_string_buffer(256)),
    "keyctl": ((250, 219), 0, -3, 1),
    "userfaultfd": ((323, 282), 1),
    "perf_event_open": ((298, 241), ctypes.create_string_buffer(128), 0, -1, -1, 0),
    "add_key": ((248, 217), b"user", b"a", b"b", 1, -3),
    "shmget": ((29, 194), 0, 4096, 0o1600),
    "msgget": ((68, 186), 0, 0o1600),
    "semget": ((64, 190), 0, 1, 0o1600),
    "memfd_create": ((319, 279), b"x", 0),
    "mq_open": ((240, 180), b"x", 0o102, 0o600, None),
    "init_module": ((175, 105), None, 0, b""),
    "open_by_handle_at": ((304, 265), 0, None, 0),
    "kexec_load": ((246, 104), 0, 0, None, 0),
    "setuid": ((105, 146), 0),
    "sethostname": ((170, 161), b"x", 1),
    "reboot": ((169, 142), 0, 0, 0, None),
    "fsopen": ((430, 430), b"tmpfs", 0),
    "syslog": ((103, 116), 10, None, 0),
}
for name, (numbers, *arguments) in CALLS.items():
    if libc.syscall(numbers[column], *arguments) >= 0:
        print("GOT IN:", name)
if libc.syscall((56, 220)[column], 0x10000000 | 17, None, None, None, None) >= 0:
    print("GOT IN: clone into a new user namespace")
if column == 0 and os.fork() == 0:
    libc.syscall(0x40000000 + 39)
    print("GOT IN: x32")
