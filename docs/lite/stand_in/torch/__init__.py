"""A stand-in for PyTorch: it can be imported and named, and says that it is not there where it should compute."""

from absent import StandIn


def __getattr__(name: str) -> StandIn:
    return getattr(StandIn("torch"), name)
