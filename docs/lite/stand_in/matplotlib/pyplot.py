"""Takes the lessons' style, draws nothing: whoever wants to draw is told so, with what the picture would show."""

from absent import StandIn

rcParams: dict = {}


def cycler(**cycles):
    """Nothing to go round."""


def close(figure: object = None) -> None:
    """Nothing to close."""


def __getattr__(name: str) -> StandIn:
    return getattr(StandIn("matplotlib"), name)
