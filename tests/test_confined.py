"""Trusted work in a child: an item that costs too much is named, the others are done as if nothing had been."""

import os
import resource
import select
import signal

import numpy as np
import pytest

from autograder.course.parallel import MEMORY, local_pool
from autograder.marking.diagnosis import signature
from autograder.sandbox.confined import confined


def work(item):
    """What a test asks for by name."""
    if item == "hang":
        while True:
            pass
    if item == "who":
        return str(os.getpid())
    if item == "eat":
        return str(len(b"x" * (1 << 30)))
    if item == "die":
        os.kill(os.getpid(), signal.SIGSEGV)
    if item == "exit":
        raise SystemExit
    if item == "fail":
        raise ValueError("not like that")
    return item * 2


def test_each_item_has_its_answer_or_the_reason_why_there_is_none():
    items = ["a", "hang", "b", "eat", "eat", "die", "fail", "exit", "", "half \ud800", "x" * 1_000_000]
    late, large = "it takes longer than 1 seconds of computing", "it needs more than 64 MiB of memory"
    assert list(confined(work, items, seconds=1.0, memory=64 << 20)) == [
        ("aa", ""), ("", late), ("bb", ""), ("", large), ("", large), ("", "its process died"), ("", "not like that"),
        ("", "its process died"), ("", ""), ("half \ud800half \ud800", ""), ("x" * 2_000_000, "")]  # fmt: skip
    assert list(confined(work, [])) == []


def test_who_stops_listening_ends_the_child():
    answers = confined(work, ["who", "hang"])
    child = int(next(answers)[0])
    os.kill(child, 0)
    answers.close()
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def test_a_child_that_is_gone_is_not_killed_again(monkeypatch):
    """Its number may be another process's by then."""
    killed = []
    kill = os.kill
    monkeypatch.setattr(os, "kill", lambda pid, number: (killed.append(pid), kill(pid, number)))
    answers = confined(work, ["exit", "a"])
    assert next(answers) == ("", "its process died")
    answers.close()
    assert len(killed) == 1


def test_the_limits_are_the_childs_alone():
    before = resource.getrlimit(resource.RLIMIT_DATA), resource.getrlimit(resource.RLIMIT_CPU)
    list(confined(work, ["a"]))
    assert before == (resource.getrlimit(resource.RLIMIT_DATA), resource.getrlimit(resource.RLIMIT_CPU))


def allocate(size):
    return len(bytearray(size))


def test_a_worker_has_a_limit_on_its_memory_and_survives_it():
    with local_pool(1) as pool:
        with pytest.raises(MemoryError):
            pool.submit(allocate, MEMORY + (64 << 20)).result()
        assert pool.submit(allocate, 1000).result() == 1000


def test_a_signature_is_short_and_cheap_whatever_the_answer():
    small, large = np.ones(10, np.int8), np.ones(16_000_000, np.int8)
    assert len(signature(large)) == len(signature(small))
    assert all(number < 1_000_000 for number in signature(large)[2:])


def test_a_killed_parent_takes_its_child_along():
    reader, writer = os.pipe()
    parent = os.fork()
    if not parent:
        try:
            list(confined(lambda item: os.write(writer, b"%d" % os.getpid()) and work(item), ["hang"], seconds=600))
        finally:
            os._exit(1)
    os.close(writer)
    child = os.read(reader, 20)  # it has begun
    os.kill(parent, signal.SIGKILL)
    os.waitpid(parent, 0)
    over = select.select([reader], [], [], 60)[0]  # nobody is left who could write
    if not over:
        os.kill(int(child), signal.SIGKILL)
    os.close(reader)
    assert over
