"""The interactive demos: `from nnlib.demo import Neuron; Neuron()`.

Each demo is a module (`compute` in NumPy, controls, a still picture) with a .js file that draws it; `Stage` is
the one widget behind them all. Importing this imports none of them.
"""

from importlib import import_module

DEMOS = {
    "PerceptronLine": "perceptron_line",
    "Neuron": "neuron",
    "GradientDescent": "gradient_descent",
    "ComputationalGraph": "computational_graph",
    "NetworkFlow": "network_flow",
    "Playground": "playground",
    "OptimizerRace": "optimizer_race",
    "TrainingExplorer": "training_explorer",
    "ThresholdExplorer": "threshold_explorer",
    "CNNCalculator": "cnn_calculator",
    "LSTMGates": "lstm_gates",
    "VAELatentWalk": "vae_latent_walk",
    "GANDynamics": "gan_dynamics",
    "AttentionExplorer": "attention_explorer",
    "NextToken": "next_token",
}

__all__ = ["DEMOS", "Stage", *DEMOS]


def __getattr__(name: str):
    if name == "Stage":
        return import_module("nnlib.demo.stage").Stage
    if name not in DEMOS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"nnlib.demo.{DEMOS[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
