"""Reach other machines, services of this one, the hypervisor, and containers' control sockets."""

import glob
import socket
import urllib.request

TARGETS = [
    (socket.AF_INET, ("1.1.1.1", 53)),
    (socket.AF_INET, ("127.0.0.1", 22)),
    (socket.AF_INET, ("127.0.0.1", 8888)),
    (socket.AF_INET, ("169.254.169.254", 80)),
    (socket.AF_INET6, ("::1", 22)),
    (getattr(socket, "AF_VSOCK", 40), (2, 1024)),
    (socket.AF_UNIX, "/var/run/docker.sock"),
    (socket.AF_UNIX, "/run/dbus/system_bus_socket"),
    (socket.AF_UNIX, "\0/tmp/.X11-unix/X0"),
]
for family, address in TARGETS:
    try:
        sock = socket.socket(family)
        sock.settimeout(0.2)
        sock.connect(address)
        print("GOT IN:", address)
    except OSError:
        pass
for family in set(range(46)) - {socket.AF_UNIX, socket.AF_INET, socket.AF_INET6}:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
        try:
            socket.socket(family, kind)
            print("GOT IN: socket family", family)
        except OSError:
            pass
try:
    urllib.request.urlopen("http://example.com", timeout=0.2)
    print("GOT IN: the network")
except OSError:
    pass
for path in glob.glob("/run/**/*.sock", recursive=True):
    print("GOT IN:", path)
