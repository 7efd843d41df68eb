"""GAN dynamics: a forger and a detective train each other; modes are found, lost, hopped between."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np

from nnlib import data, nn
from nnlib.demo.common import drawing_from
from nnlib.demo.controls import Moment, Player, button, choice, slider
from nnlib.demo.stage import Stage
from nnlib.models.numpy import GAN
from nnlib.nn.activation import sigmoid
from nnlib.optim import Adam

PICTURES, STEPS, BATCH, SHOWN, GRID, EDGE = 60, 40, 128, 250, 24, 3.2
MODES = 2 * np.stack([np.cos(np.arange(8) * np.pi / 4), np.sin(np.arange(8) * np.pi / 4)], axis=1)


def compute(
    target: str, loss: str, lr: float, momentum: float, turns: int, noise: int, seed: int
) -> Iterator[tuple]:
    """Train `nnlib.models.numpy.GAN` for 2,400 steps on points in the plane; yields every 40.

    `momentum` is Adam's beta1, `turns` the discriminator's steps for each of the generator's, `noise` the number of
    random inputs. Arrays: `real` (250, 2); one row per picture so far: `fake` (T, 250, 2), `belief` (T, 24, 24), the
    discriminator's probability of real as 0 ... 255, rows from the top; `losses` (2, T), discriminator and
    generator; `modes` (T,), how many of eight places get samples; `close` (T,), the share of samples that lie
    where the real ones do; `right` (T,), how often the discriminator is.
    """
    rng = np.random.default_rng(seed)
    real = real_points(target)
    with drawing_from(rng):
        model = GAN(2, noise, 32)
    parts = model.discriminator, model.generator
    players = [Adam(part.parameters(), lr=lr, betas=(momentum, 0.999)) for part in parts]
    shown = rng.standard_normal((1000, noise)).astype(np.float32)
    rows, losses = [], (np.log(2), np.log(2))    # before the first step both sides can only guess
    for picture in range(PICTURES + 1):
        with np.errstate(all="ignore"):
            for _ in range(STEPS if picture else 0):
                losses = play(model, players, real, loss, turns, rng)
            rows.append(_picture(model, shown, losses, real, target))
        broken = not np.isfinite(rows[-1]["losses"]).all()
        yield *_report(rows, real, broken), 1.0 if broken else picture / PICTURES
        if broken:
            return


@cache
def real_points(target: str) -> np.ndarray:
    """2,000 points of the distribution to imitate, of radius 2."""
    return data.gaussians(2000, 0.1, 0)[0] if target == "eight clouds" else 2 * data.ring(2000, 0.05, 0)


def play(model: GAN, players: list[Adam], real: np.ndarray, loss: str, turns: int, rng) -> tuple[float, float]:
    """The discriminator's turns, then one of the generator; their losses."""
    criterion, ones, zeros = nn.BCEWithLogitsLoss(), np.ones((BATCH, 1), np.float32), np.zeros((BATCH, 1), np.float32)
    for _ in range(turns):
        batch = [real[rng.integers(0, len(real), BATCH)], model.generator(_noise(model, rng))]
        loss_d = criterion(model.discriminator(np.concatenate(batch)), np.concatenate([ones, zeros]))
        model.zero_grad()
        model.discriminator.backward(criterion.backward())
        players[0].step()
    logits = model(_noise(model, rng))
    model.zero_grad()
    if loss == "saturating":                     # minimise log(1 - D): flat as long as the forgery is found out
        loss_g = -criterion(logits, zeros)
        model.backward(-criterion.backward())
    else:                                        # maximise log D instead
        loss_g = criterion(logits, ones)
        model.backward(criterion.backward())
    players[1].step()
    return float(loss_d), float(loss_g)


def _noise(model: GAN, rng: np.random.Generator) -> np.ndarray:
    return rng.standard_normal((BATCH, model.generator[0].weight.shape[1])).astype(np.float32)


def _picture(model: GAN, noise: np.ndarray, losses: tuple, real: np.ndarray, target: str) -> dict:
    """One row: samples, the discriminator's map, and how good both are."""
    fake = model.generator(noise)
    side = np.linspace(-EDGE, EDGE, GRID, dtype=np.float32)
    plane = np.stack(np.meshgrid(side, side[::-1]), axis=-1).reshape(-1, 2)
    belief = np.nan_to_num(255 * sigmoid(model.discriminator(plane))).round().astype(np.uint8)
    found, missed = model.discriminator(fake) < 0, model.discriminator(real[: len(fake)]) >= 0
    return {"fake": fake[:SHOWN], "belief": belief.reshape(GRID, GRID), "losses": losses,
            "right": (found.mean() + missed.mean()) / 2, **quality(fake, target)}


def quality(fake: np.ndarray, target: str) -> dict[str, float]:
    """How many of the eight places get at least 2 % of the samples, and how many samples are where real ones are.

    The places are the clouds, or eight arcs of the ring; close is within 0.3 of a cloud's middle, or of the ring.
    """
    distance = np.linalg.norm(fake[:, None] - MODES, axis=2)    # (N, 8)
    off = np.abs(np.linalg.norm(fake, axis=1) - 2) if target == "ring" else distance.min(axis=1)
    close = off < 0.3
    counts = np.bincount(distance.argmin(axis=1)[close], minlength=8)
    return {"modes": np.sum(counts >= 0.02 * len(fake)), "close": close.mean()}


def _report(rows: list[dict], real: np.ndarray, broken: bool) -> tuple:
    arrays = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    arrays["losses"], arrays["real"] = arrays["losses"].T, real[:SHOWN]
    last = rows[-1]
    readouts = {
        "Places covered": f"{last['modes']} of 8",
        "Samples close to the real ones": f"{last['close']:.0%}",
        "Discriminator is right": f"{last['right']:.0%}" + _what_it_means(last),
        "Losses": f"discriminator {last['losses'][0]:.2f}, generator {last['losses'][1]:.2f}",
    }
    return arrays, readouts | ({"Stopped": "a loss is no longer a number"} if broken else {})


def _what_it_means(last: dict) -> str:
    if last["right"] > 0.9:
        return ": it sees through everything"
    if last["right"] > 0.6:
        return ""
    return ": it is fooled" if last["close"] > 0.7 else ": it has failed, too"


def draw_picture(figure, arrays) -> None:
    """Real and generated points, and the losses."""
    from nnlib import plot

    plane, curves = figure.subplots(1, 2, width_ratios=(1, 1))
    plane.imshow(arrays["belief"][-1], extent=(-EDGE, EDGE, -EDGE, EDGE), cmap="PuOr", alpha=0.6)
    plane.plot(*np.asarray(arrays["real"]).T, ".", color=plot.BLUE, label="real")
    plane.plot(*arrays["fake"][-1].T, "x", color=plot.RED, markersize=5, label="generated")
    plane.legend()
    plot.loss_curves(dict(zip(("discriminator", "generator"), arrays["losses"])), curves)


class GANDynamics(Stage):
    """A generator learns to make points that a discriminator takes for real: real training, step by step.

    Show: press Play and ask where the next samples will go, reading only the discriminator's colours. Then a ten
    times larger learning rate: good samples, few places (mode collapse). Ask why a discriminator at 50 % can mean
    two opposite things.
    """

    title = "GAN dynamics: forger and detective"
    controls = (
        choice("target", "Real points", ("eight clouds", "ring")),
        choice("loss", "Generator's loss", ("non-saturating", "saturating")),
        slider("lr", "Learning rate", (1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 1.0, 10.0), 3e-3),
        slider("momentum", "Momentum (Adam's beta1)", (0.0, 0.3, 0.5, 0.7, 0.9, 0.99), 0.5),
        slider("turns", "Discriminator's steps", (1, 2, 3, 5), 1),
        slider("noise", "Noise inputs", (1, 2, 4, 8, 16), 4),
        button("seed", "Other start"),
    )
    moments = (
        Moment("Eight clouds", "Where will the samples go next? Who tells them?"),
        Moment("Mode collapse", "Nearly every sample is good. What is missing all the same?", lr=0.03),
        Moment("Chase", "With momentum the samples run in circles. Who is chasing whom?", momentum=0.9),
        Moment("One noise input", "The generator bends a line. Can a line cover eight clouds?", noise=1),
        Moment("A ring", "No clouds to hop between. Is this easier?", target="ring"),
    )
    player = Player("modes", "picture")
    handout_settings = 0                         # seconds of training each: the moments alone
    compute = staticmethod(compute)
    draw_picture = staticmethod(draw_picture)
    pytorch = """
        import torch
        from nnlib.models.torch import GAN
        model, bce = GAN(2, {noise}, 32), torch.nn.BCEWithLogitsLoss()
        opt_d = torch.optim.Adam(model.discriminator.parameters(), lr={lr}, betas=({momentum}, 0.999))
        opt_g = torch.optim.Adam(model.generator.parameters(), lr={lr}, betas=({momentum}, 0.999))
        for step in range(2400):
            for turn in range({turns}):
                fake = model.generator(torch.randn(128, {noise})).detach()
                loss = bce(model.discriminator(torch.cat([real_batch(), fake])), real_then_fake)
                opt_d.zero_grad(); loss.backward(); opt_d.step()
            loss = bce(model(torch.randn(128, {noise})), torch.ones(128, 1))  # non-saturating
            opt_g.zero_grad(); loss.backward(); opt_g.step()
    """
