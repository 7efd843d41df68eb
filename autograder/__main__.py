"""`autograder`, and `python -m autograder`: the command, on the one system that it can work on."""

import sys

ELSEWHERE = ("autograder: the grader needs Linux, which alone can build the walls around student code. On Windows use "
             "WSL2 (wsl --install), on a Mac a virtual machine. Lessons and exercises work without it.")  # fmt: skip


def main() -> int | str:
    """Run one command; returns the exit status, or what to say on another system."""
    if sys.platform != "linux":
        return ELSEWHERE
    from autograder import cli

    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
