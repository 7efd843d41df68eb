"""The demos without a browser: every `compute` against nnlib or a calculation by hand, and the stage around it."""

import inspect
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from nnlib import data, demo, metrics, module, nn
from nnlib.demo import (
    attention_explorer,
    cnn_calculator,
    common,
    gan_dynamics,
    handout,
    landscapes,
    lstm_gates,
    network_flow,
    next_token,
    optimizer_race,
    packing,
    perceptron_line,
    playground,
    threshold_explorer,
    training_explorer,
    vae_latent_walk,
)
from nnlib.demo import computational_graph as graph
from nnlib.demo.controls import Control, Moment, button, choice, settings, slider, steps
from nnlib.demo.stage import HERE
from nnlib.module import Parameter
from nnlib.nn.activation import sigmoid
from nnlib.optim import Adam

CLASSES = {name: getattr(demo, name) for name in demo.DEMOS}


def run(cls, **params):
    """(arrays, readouts) of a demo at its defaults but for `params`; of a training the end."""
    defaults = {control.name: control.default for control in cls.controls} | dict.fromkeys(cls.takes)
    result = cls.compute(**(defaults | params))
    if not isinstance(result, tuple):
        *_, result = result
    return result[:2]


# Every demo

@pytest.mark.parametrize("cls", CLASSES.values(), ids=CLASSES)
class TestEveryDemo:
    def test_moments_are_settings_that_work_or_say_why_not(self, cls):
        controls = {control.name: control for control in cls.controls}
        assert 2 <= len(cls.moments) <= 5
        for moment in cls.moments:
            assert moment.question.endswith(("?", "."))
            assert all(value in controls[name].values for name, value in moment.params.items())

    def test_has_all_that_a_demo_needs(self, cls):
        assert cls.title and cls.pytorch and "Show:" in cls.__doc__
        defaults = {control.name: control.default for control in cls.controls}
        for moment in cls.moments:               # what stands in braces is a setting, which the page puts in
            compile(inspect.cleandoc(cls.pytorch).format(**(defaults | moment.params)), "pytorch", "exec")

    def test_the_first_frame_is_packed_and_drawn(self, cls):
        stage = cls()
        (header,) = stage.frames["headers"]
        assert header["readouts"] and "problem" not in header
        assert header["key"] == ",".join(str(c.values.index(c.default)) for c in cls.controls)
        assert header["arrays"] and all(start % 4 == 0 for start, _, _ in header["arrays"].values())
        taken = {"key", "done", "readouts", "problem", "arrays", "words", "bytes"}
        taken |= {"params", "font", "t", "before", "hot", "pick"}
        assert not taken & {*header["arrays"], *header["words"]}
        if cls.player:
            assert cls.player.over in header["arrays"]
        assert json.dumps(stage.spec)

    def test_pictures_itself_for_readers_without_a_kernel(self, cls):
        bundle, _ = cls()._repr_mimebundle_()
        assert bundle["image/png"].startswith("iVBOR")
        assert "application/vnd.jupyter.widget-view+json" in bundle

    def test_leaves_the_students_generator_alone(self, cls):
        module.manual_seed(5)
        expected = np.random.default_rng(5).random()
        run(cls)
        assert module.generator().random() == expected

    def test_same_setting_same_answer(self, cls):
        (one, words), (two, again) = run(cls), run(cls)
        assert words == again
        for name in one:
            np.testing.assert_array_equal(np.asarray(one[name]), np.asarray(two[name]))

    def test_extreme_settings_never_raise_into_the_page(self, cls):
        ends = [{c.name: c.values[end] for c in cls.controls} for end in (0, -1)]
        stage = cls()
        for params in ends:
            frame = stage.frame(params)
            assert frame.get("problem") or frame["readouts"]
            assert "Error" not in frame.get("problem", "")


@pytest.mark.parametrize("name", [name for name, cls in CLASSES.items() if inspect.isgeneratorfunction(cls.compute)])
def test_a_stored_run_is_what_training_gives(name):
    arrays, readouts = run(CLASSES[name])
    stored, words = packing.load(HERE / f"{demo.DEMOS[name]}.npz")
    assert words.keys() == readouts.keys()
    first = next(name for name in arrays if name in ("train", "losses"))
    # Only the beginning: another machine's rounding grows as a training goes on.
    ours, theirs = np.asarray(arrays[first])[..., :3], stored[first][..., :3]
    np.testing.assert_allclose(ours, theirs, rtol=1e-3)


# Each demo against nnlib, or by hand

class TestComputationalGraph:
    def test_a_dead_unit_gets_no_blame_and_that_is_not_minus_zero(self):
        arrays, readouts = run(demo.ComputationalGraph, w1=-0.7)
        assert readouts["Blame of w1"] == "0" and arrays["story"][-1].endswith("= 0;  of x = 0 × w1 = 0")

    def test_the_case_of_lesson_04(self):
        arrays, readouts = run(demo.ComputationalGraph)
        assert arrays["blame"][1] == pytest.approx(-0.1920)
        assert arrays["blame"][4] == pytest.approx(-0.1680)
        assert readouts["Loss"] == "0.0128"

    @pytest.mark.parametrize("activation", graph.ACTIVATIONS)
    def test_blame_is_the_slope_of_the_loss(self, activation):
        def loss(x, w1, w2, y):
            params = {"x": x, "w1": w1, "w2": w2, "y": y, "activation": activation}
            return run(demo.ComputationalGraph, **params)[0]["values"][-1]

        at = np.array([0.9, 0.6, -1.3, 0.4])
        arrays, _ = run(demo.ComputationalGraph, **dict(zip(("x", "w1", "w2", "y"), at)), activation=activation)
        numerical = [(loss(*(at + e)) - loss(*(at - e))) / 2e-6 for e in 1e-6 * np.eye(4)]
        np.testing.assert_allclose([arrays["blame"][i] for i in (0, 1, 4, 6)], numerical, atol=1e-8)


class TestNeuron:
    @pytest.mark.parametrize("activation", ["Sigmoid", "Tanh", "ReLU", "GELU"])
    def test_output_and_slope_are_the_layers(self, activation):
        arrays, _ = run(demo.Neuron, activation=activation, w=1.5, b=-0.7, x=0.8)
        layer = getattr(nn, activation)()
        assert arrays["here"][2] == pytest.approx(layer(np.array([0.5]))[0])
        assert arrays["here"][3] == pytest.approx(layer.backward(np.ones(1))[0])

    def test_zero_weight_has_no_threshold(self):
        assert "none" in run(demo.Neuron, w=0.0)[1]["Threshold"]


class TestPerceptronLine:
    @pytest.mark.parametrize("problem", ["AND", "OR", "NAND", "two clouds"])
    def test_the_rule_learns_what_a_line_can(self, problem):
        assert run(demo.PerceptronLine, problem=problem)[0]["history"][-1, 3] == 0

    def test_not_xor(self):
        history = run(demo.PerceptronLine, problem="XOR")[0]["history"]
        assert len(history) == perceptron_line.UPDATES + 1 and history[:, 3].min() >= 1

    def test_what_should_be_zero_is_zero(self):
        history = run(demo.PerceptronLine, problem="XOR", w1=1, w2=1.4, b=-0.1, lr=0.2)[0]["history"]
        assert not ((history != 0) & (abs(history) < 1e-6)).any() and history[-1, 0] == 0

    def test_each_correction_is_rosenblatts(self):
        arrays, _ = run(demo.PerceptronLine, problem="OR", lr=0.5)
        before, after, who = *arrays["history"][:2], arrays["blamed"][1]
        step = 0.5 * (2 * arrays["classes"][who] - 1) * np.append(arrays["points"][who], 1)
        np.testing.assert_allclose(after[:3] - before[:3], step)

    def test_own_points(self):
        x, y = np.array([[0, 0], [5, 5], [6, 5.0]]), [0, 1, 1]
        assert run(demo.PerceptronLine, data=(x, y))[0]["points"].shape == (3, 2)
        with pytest.raises(ValueError, match="data: expected x"):
            run(demo.PerceptronLine, data=(x, [0, 1, 2]))


class TestLandscapes:
    @pytest.mark.parametrize("land", landscapes.LANDSCAPES.values(), ids=landscapes.LANDSCAPES)
    def test_slope_and_lowest_points(self, land, rng):
        at = rng.uniform(-1, 1, 2)
        numerical = [(land.f(*(at + e)) - land.f(*(at - e))) / 2e-6 for e in 1e-6 * np.eye(2)]
        np.testing.assert_allclose(land.slope(*at), numerical, atol=1e-6)
        for place in land.minima:
            assert land.f(*place) == pytest.approx(land.lowest, abs=1e-6)
            np.testing.assert_allclose(land.slope(*place), 0, atol=1e-4)

    def test_walk_is_what_step_does(self):
        land, theta = landscapes.LANDSCAPES["Rosenbrock"], Parameter(np.array([-1.2, 1.0]))
        optimizer = Adam([theta], lr=0.05)
        path = landscapes.walk(land, (-1.2, 1.0), lambda params: Adam(params, lr=0.05), 20)
        for place in path:
            np.testing.assert_allclose(place, theta.data, rtol=1e-12)
            theta.grad = np.array(land.slope(*theta.data))
            optimizer.step()


class TestGradientDescent:
    def test_the_bowl_by_hand(self):
        path = run(demo.GradientDescent, lr=0.1, x=-2.5, y=1.5)[0]["path"]
        np.testing.assert_allclose(path, 0.9 ** np.arange(61)[:, None] * [-2.5, 1.5])

    @pytest.mark.parametrize(("lr", "momentum", "holds"), [(0.095, 0.0, True), (0.105, 0.0, False),
                                                           (0.15, 0.6, True), (0.2, 0.6, False)])
    def test_the_largest_rate_that_holds_in_the_ravine(self, lr, momentum, holds):
        loss = run(demo.GradientDescent, landscape="ravine", lr=lr, momentum=momentum)[0]["loss"]
        assert (loss[-1] < loss[0]) == holds                    # the limit is 2 (1 + momentum) / 20

    def test_rate_10_says_that_it_diverges(self):
        assert "diverges" in run(demo.GradientDescent, lr=10.0)[1]["What happens"]


class TestOptimizerRace:
    def test_adam_walks_down_rosenbrock(self):
        arrays, readouts = run(demo.OptimizerRace)
        adam = arrays["height"][arrays["names"].index("Adam")]
        assert adam[-1] < 0.05 * adam[0] and "Adam after" in readouts["99 % of the way down"]

    def test_first_step_is_each_optimizers(self):
        arrays, _ = run(demo.OptimizerRace, landscape="ravine", x=1.0, y=1.0, factor=1.0)
        rates = dict(zip(optimizer_race.RACERS, optimizer_race.TUNED["ravine"]))
        np.testing.assert_allclose(arrays["paths"][0, 1], 1 - rates["SGD"] * np.array([1, 20]))
        np.testing.assert_allclose(arrays["paths"][4, 1], 1 - rates["Adam"], rtol=1e-6)    # its first step is lr

    def test_noise_needs_a_seed_and_nothing_else_does(self):
        quiet = [run(demo.OptimizerRace, seed=seed)[0]["paths"] for seed in (0, 1)]
        loud = [run(demo.OptimizerRace, seed=seed, noise=1.0)[0]["paths"] for seed in (0, 1)]
        np.testing.assert_array_equal(*quiet)
        assert not np.array_equal(*loud)


class TestNetworkFlow:
    @pytest.mark.parametrize(("layers", "neurons"), [(0, 6), (1, 1), (4, 6), (10, 12)])
    def test_parameters_by_hand(self, layers, neurons):
        by_hand = 3 if layers == 0 else 3 * neurons + (layers - 1) * neurons * (neurons + 1) + neurons + 1
        arrays, readouts = run(demo.NetworkFlow, layers=layers, neurons=neurons)
        assert readouts["Parameters"] == f"{by_hand:,}"
        assert len(arrays["gradients"]) == layers + 1

    def test_gradients_of_a_known_network(self):
        arrays, _ = run(demo.NetworkFlow, layers=2, neurons=3, activation="Tanh", seed=4)
        model = network_flow.build([2, 3, 3, 1], "Tanh", "PyTorch's default", 4)
        x, y = data.crescents(network_flow.POINTS, 0.1, 4)
        criterion = nn.BCEWithLogitsLoss()
        criterion(model(x.astype(float)), y[:, None].astype(float))
        model.backward(criterion.backward())
        weights = [np.abs(model[i].weight.grad) for i in (0, 2, 4)]
        np.testing.assert_allclose(arrays["edges"], np.concatenate([w.ravel() for w in weights]))
        np.testing.assert_allclose(arrays["gradients"], [np.sqrt((w**2).mean()) for w in weights])

    def test_sigmoids_vanish_and_he_mends_it(self):
        assert run(demo.NetworkFlow, layers=10)[1]["Vanishing?"].startswith("yes")
        cured = run(demo.NetworkFlow, layers=10, activation="ReLU", start="He", neurons=12)[1]
        assert cured["Vanishing?"].startswith("no: the first")
        params = {"layers": 8, "activation": "ReLU", "start": "too large", "neurons": 8}
        assert "explode" in run(demo.NetworkFlow, **params)[1]["Vanishing?"]


class TestPlayground:
    def test_a_hidden_layer_closes_the_ring_and_a_line_does_not(self):
        assert run(demo.Playground)[0]["train"][-1] < 0.1
        assert run(demo.Playground, layers=0)[0]["train"][-1] > 0.6

    def test_the_field_is_the_networks(self):
        arrays, _ = run(demo.Playground, seed=3)
        with common.drawing_from(3):
            model = nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 1))
        side = np.linspace(-1, 1, playground.GRID, dtype=np.float32)
        corner = 255 * sigmoid(model(np.array([[side[0], side[-1]]])))[0, 0]
        assert arrays["field"][0, 0, 0] == pytest.approx(corner, abs=0.51)

    def test_own_points(self, rng):
        x, y = rng.normal(size=(40, 2)), np.arange(40) % 2
        arrays, _ = run(demo.Playground, data=(x, y))
        assert arrays["points"].shape == (40, 2) and np.abs(arrays["points"]).max() <= 0.901


class TestTrainingExplorer:
    def test_it_overfits_and_the_marks_say_where(self):
        arrays, readouts = run(demo.TrainingExplorer)
        best, converged, stop = arrays["marks"]
        assert arrays["validation"][best] == arrays["validation"][1:].min()
        assert converged <= best and stop == best + training_explorer.PATIENCE
        assert arrays["train"][-1] < 0.5 * arrays["validation"][-1]
        gap = arrays["validation"][-1] - arrays["train"][-1]
        assert float(readouts["Overfit gap at the end"]) == pytest.approx(gap, rel=0.01)

    def test_dropout_and_decay_narrow_the_gap(self):
        def gap(**params):
            arrays, _ = run(demo.TrainingExplorer, **params)
            return arrays["validation"][-1] - arrays["train"][-1]

        assert gap(dropout=0.5) < gap() and gap(weight_decay=0.01) < gap()

    def test_decay_shrinks_weights_in_adam_more_than_in_adamw(self):
        spread = {name: run(demo.TrainingExplorer, optimizer=name, weight_decay=0.01)[0]["spread"][-1]
                  for name in ("Adam", "AdamW")}
        assert spread["Adam"] < spread["AdamW"]

    def test_cosine_schedule_is_nnlibs(self):
        rate = run(demo.TrainingExplorer, cosine=True)[0]["rate"]
        half_way = 0.003 * (1 + np.cos(np.pi * np.arange(60) / 60)) / 2
        np.testing.assert_allclose(rate[1:], half_way, rtol=1e-6)

    def test_a_broken_run_stops_and_says_so(self):
        arrays, readouts = run(demo.TrainingExplorer, optimizer="AdamW", lr=10.0, weight_decay=1.0, dropout=0.9)
        assert len(arrays["train"]) < training_explorer.EPOCHS and "no longer a number" in readouts["Stopped"]

    def test_early_pictures_come_while_it_trains(self):
        defaults = {control.name: control.default for control in demo.TrainingExplorer.controls}
        arrays, _, done = next(iter(demo.TrainingExplorer.compute(**defaults)))
        assert len(arrays["train"]) == 2 and done == pytest.approx(1 / 60)


class TestThresholdExplorer:
    def test_table_and_rates_are_nnlibs_metrics(self):
        scores, labels = threshold_explorer.stored("malignant tumour")
        share = float(labels.mean())
        arrays, readouts = run(demo.ThresholdExplorer, threshold=0.3, share=share)
        called = (scores >= 0.3).astype(int)
        np.testing.assert_allclose(arrays["table"] / 1000, metrics.confusion_matrix(labels, called) / len(labels))
        precision, recall, f1 = (float(np.ravel(v)[-1]) for v in metrics.precision_recall_f1(labels, called)[:3])
        np.testing.assert_allclose(arrays["here"][1:], [recall, precision])
        assert readouts["F1"] == f"{f1:.3f}"
        assert readouts["AUC, at every threshold"] == f"{metrics.roc_auc_score(labels, scores):.3f}"

    def test_the_share_moves_precision_and_not_the_roc_curve(self):
        common_, rare = (run(demo.ThresholdExplorer, share=share)[0] for share in (0.4, 0.01))
        np.testing.assert_array_equal(common_["roc"], rare["roc"])
        assert rare["here"][2] < common_["here"][2] and rare["here"][1] == common_["here"][1]

    def test_threshold_0_calls_everybody_and_own_scores_are_moved_to_0_1(self):
        arrays, _ = run(demo.ThresholdExplorer, threshold=0.0, data=([-3.0, 0.0, 5.0], [0, 1, 1]), share=0.5)
        np.testing.assert_allclose(arrays["table"], [[0, 500], [0, 500]])
        with pytest.raises(ValueError, match="class"):
            run(demo.ThresholdExplorer, data=([0.1, 0.2], [1, 1]))


class TestCNNCalculator:
    @pytest.mark.parametrize(("kernel", "stride", "padding"), [(1, 1, 0), (3, 1, 1), (5, 2, 0), (4, 3, 2), (11, 1, 5)])
    def test_sizes_and_parameters_are_those_of_the_layers(self, kernel, stride, padding):
        layers = [nn.Conv2d(1, 4, kernel, stride, padding), nn.Conv2d(4, 4, kernel, stride, padding)]
        x = np.zeros((1, 1, 24, 24), np.float32)
        shapes = [x.shape] + [(x := layer(x)).shape for layer in layers]
        arrays, _ = run(demo.CNNCalculator, size=24, kernel=kernel, stride=stride, padding=padding, channels=4)
        assert arrays["sizes"] == [shape[2] for shape in shapes]
        flat = [int(np.prod(shape)) for shape in shapes]
        dense = (flat[0] + 1) * flat[1] + (flat[1] + 1) * flat[2]
        assert arrays["counts"] == (sum(p.data.size for layer in layers for p in layer.parameters()), dense)

    def test_feature_maps_are_windows_times_filters(self):
        arrays, _ = run(demo.CNNCalculator, size=16, kernel=3, stride=2, padding=1)
        image, bank = np.pad(arrays["image"], 1), arrays["kernels"]
        assert arrays["maps"].shape == (8, 8, 8)
        assert arrays["maps"][2, 3, 5] == pytest.approx((image[6:9, 10:13] * bank[2]).sum(), abs=1e-5)

    def test_second_layer_looks_at_its_own_map_after_relu(self):
        one, two = (run(demo.CNNCalculator, size=16, layers=3, look=look)[0]["maps"] for look in (1, 2))
        window = np.maximum(one[3, 4:7, 2:5], 0)
        assert two[3, 4, 2] == pytest.approx((window * cnn_calculator.filters(3)[3]).sum(), abs=1e-5)

    def test_edges_answer_nothing_to_an_even_surface(self):
        maps = run(demo.CNNCalculator, image=np.ones((9, 9)), size=16)[0]["maps"]
        np.testing.assert_allclose(maps[:7], 0, atol=1e-6)

    def test_a_filter_that_does_not_fit_says_which_layer(self):
        with pytest.raises(ValueError, match="Layer 2: a filter of 9 x 9 does not fit into an image of 8 x 8"):
            run(demo.CNNCalculator, size=16, kernel=9, layers=3)

    def test_resize_keeps_the_mean(self, rng):
        image = rng.random((30, 50))
        assert cnn_calculator.resize(image, 16).mean() == pytest.approx(image.mean(), abs=1e-6)


class TestLSTMGates:
    def test_the_cell_is_nnlibs_lstm(self):
        params = {"forget": 2.0, "write": -3.0, "marker": 6.0, "show": 1.0}
        arrays, _ = run(demo.LSTMGates, **params, length=20)
        lstm = nn.LSTM(2, 1)
        lstm.weight_hh_l0.data[:], lstm.bias_hh_l0.data[:] = 0, 0
        lstm.weight_ih_l0.data = np.array([[0, 6.0], [0, 0], [2, 0], [0, 0]])
        lstm.bias_ih_l0.data = np.array([-3.0, 2.0, 0, 1.0])
        hidden, (_, cell) = lstm.double()(np.stack([arrays["x"], arrays["m"]], axis=1)[:, None])
        np.testing.assert_allclose(arrays["hidden"], hidden.ravel())
        assert arrays["cell"][-1] == pytest.approx(cell.item())

    def test_blame_is_the_derivative_of_the_last_state(self, monkeypatch):
        marked = lstm_gates.MARKED
        arrays, _ = run(demo.LSTMGates, recurrent=0.7, length=10)
        x, m = lstm_gates.sequence(10, 0)
        z = np.arctanh(np.tanh(2 * x[marked]) + np.array([1e-6, -1e-6]))     # nudges what enters at the marked step
        ends = []
        for nudged in z:
            monkeypatch.setattr(lstm_gates, "sequence", lambda *_, v=nudged: (np.where(m == 1, v / 2, x), m))
            ends.append(run(demo.LSTMGates, recurrent=0.7, length=10)[0]["cell"][-1])
        opened = arrays["gates"][0][marked]
        assert (ends[0] - ends[1]) / 2e-6 == pytest.approx(arrays["blame"][0][marked] * opened, rel=1e-4)

    def test_forget_bias_6_remembers(self):
        assert "lost" in run(demo.LSTMGates)[1]["In the cell at the end"]
        assert "remembered" in run(demo.LSTMGates, forget=6.0)[1]["In the cell at the end"]


class TestVAELatentWalk:
    def test_pictures_are_the_decoders(self):
        arrays, _ = run(demo.VAELatentWalk, z1=0.5, z2=-1.0)
        logits = vae_latent_walk.model().decoder(np.array([[0.5, -1.0]], np.float32))
        np.testing.assert_allclose(arrays["image"].ravel(), 255 * sigmoid(logits)[0], atol=0.51)

    def test_the_walk_ends_at_the_two_codes_and_the_blend_at_the_two_images(self):
        arrays, _ = run(demo.VAELatentWalk, start="3", end="8")
        images, _, codes = vae_latent_walk.test_digits()
        ends = [vae_latent_walk.typical(digit) for digit in (3, 8)]
        np.testing.assert_allclose(arrays["path"][[0, -1]], codes[ends])
        np.testing.assert_allclose(arrays["blend"][-1].ravel(), 255 * images[ends[1]], atol=0.51)

    def test_it_has_learned_digits(self):
        images, _, codes = vae_latent_walk.test_digits()
        decoded = vae_latent_walk.decode(codes).reshape(len(images), -1) / 255
        guess = images.mean(axis=0)
        assert np.mean((decoded - images) ** 2) < 0.8 * np.mean((guess - images) ** 2)


class TestGANDynamics:
    def test_it_covers_the_clouds(self):
        arrays, _ = run(demo.GANDynamics)
        assert arrays["modes"][-1] >= 6 and arrays["close"][-1] > 0.6
        assert arrays["belief"].shape == (61, 24, 24)

    def test_quality_by_hand(self):
        clouds, _ = data.gaussians(800, 0.01, 0)
        assert gan_dynamics.quality(clouds, "eight clouds") == {"modes": 8, "close": 1.0}
        one = np.tile(gan_dynamics.MODES[3], (100, 1))
        assert gan_dynamics.quality(one, "eight clouds") == {"modes": 1, "close": 1.0}
        assert gan_dynamics.quality(np.zeros((9, 2)), "ring") == {"modes": 0, "close": 0.0}


class TestAttentionExplorer:
    def test_weights_are_rows_of_sum_1_and_the_mask_holds(self):
        for look in attention_explorer.LOOKS:
            weights = run(demo.AttentionExplorer, look=look)[0]["weights"]
            np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=1e-5)
        assert np.all(np.triu(weights, 1) == 0)                 # French at itself sees no future

    @pytest.mark.parametrize("sentence", attention_explorer.SENTENCES)
    def test_it_translates_what_it_was_not_trained_on(self, sentence):
        known = dict(zip(*data.translation(178605, rng=0)))
        assert run(demo.AttentionExplorer, text=sentence)[1]["French"] == known[sentence]

    def test_what_the_moments_promise(self):
        arrays, _ = run(demo.AttentionExplorer)
        assert [arrays["keys"][i] for i in arrays["weights"].argmax(axis=1)[1:3]] == ["cow", "black"]
        arrays, _ = run(demo.AttentionExplorer, **demo.AttentionExplorer.moments[1].params)
        assert arrays["keys"][arrays["weights"][0].argmax()] == "cow"
        even, _ = run(demo.AttentionExplorer, sharpness=0.0)
        np.testing.assert_allclose(even["weights"], 1 / 7, rtol=1e-5)

    def test_unknown_words_are_named(self):
        with pytest.raises(ValueError, match="got elephant"):
            run(demo.AttentionExplorer, sentence="the elephant sees a cat")


class TestNextToken:
    def test_reading_one_by_one_is_the_whole_gpt(self):
        text = "What is the matter"
        logits, _ = next_token.read(text)
        tokens = next_token.vocabulary().encode(text)[None]
        np.testing.assert_allclose(logits, next_token.model()(tokens)[0, -1], rtol=1e-3, atol=1e-3)

    def test_temperature_0_always_takes_the_best(self):
        arrays, _ = run(demo.NextToken, temperature=0.0)
        assert np.all(arrays["place"] == 0) and np.all(arrays["used"][:, 0] == 1)

    def test_top_k_leaves_k(self):
        arrays, _ = run(demo.NextToken, temperature=2.0, top_k=3)
        assert arrays["place"].max() <= 2
        np.testing.assert_allclose(arrays["used"][:, :3].sum(axis=1), 1, rtol=1e-6)
        assert np.all(arrays["used"][:, 3:] == 0)

    def test_it_has_read_shakespeare(self):
        assert run(demo.NextToken)[0]["surprise"].mean() < 3.5          # 6.1 bits would be a guess among 71

    def test_a_prompt_it_cannot_read_is_answered(self):
        with pytest.raises(ValueError, match="never seen"):
            run(demo.NextToken, text="smörgås")
        with pytest.raises(ValueError, match="1 to 40 characters"):
            run(demo.NextToken, text="x" * 41)


# The stage

class TestControls:
    def test_a_number_between_two_stops_becomes_a_stop(self):
        lr = slider("lr", "rate", (0.1, 1.0), 0.1).starting_at(0.3)
        assert lr.values == (0.1, 0.3, 1.0) and lr.default == 0.3

    @pytest.mark.parametrize(("wanted", "got"), [(-5, 0), (99, 10), (float("inf"), 10)])
    def test_a_number_outside_is_moved_to_the_end(self, wanted, got):
        assert slider("n", "n", range(11), 5).starting_at(wanted).default == got

    @pytest.mark.parametrize("wanted", ["three", None, float("nan"), True])
    def test_what_is_no_number_is_refused(self, wanted):
        with pytest.raises(ValueError, match="n: expected a number"):
            slider("n", "n", (0.5, 1.5), 0.5).starting_at(wanted)

    def test_a_choice_has_only_its_values(self):
        with pytest.raises(ValueError, match=r"f: expected one of \('a', 'b'\), got 'c'"):
            choice("f", "f", ("a", "b")).starting_at("c")

    def test_steps_have_no_dust(self):
        assert steps(0, 0.3, 0.1) == (0, 0.1, 0.2, 0.3)

    def test_thinning_keeps_ends_and_default(self):
        assert slider("n", "n", range(9), 3).thinned().values == (0, 2, 3, 4, 6, 8)


class TestStage:
    def test_unknown_settings_are_refused_by_name(self):
        with pytest.raises(ValueError, match=r"Neuron: unknown \['weight'\], expected some of \['activation', 'w'"):
            demo.Neuron(weight=3)

    def test_params_make_the_same_demo_again(self):
        one = demo.Neuron(w=2.05, b=-99.0)
        assert one.params == {"activation": "Sigmoid", "w": 2.05, "b": -5, "x": 1.0}
        two = demo.Neuron(**one.params)
        assert one.frames == two.frames and repr(one) == repr(two)

    def test_a_message_is_answered_with_the_frame_it_asks_for(self):
        stage, sent = demo.Neuron(), []
        stage.send = lambda content, buffers: sent.append((content, buffers))
        stage._receive(stage, {"at": [3, 60, 50, 70]}, [])
        (content, (data,)), = sent
        assert content["headers"][0]["key"] == "3,60,50,70"
        assert stage.params == {"activation": "ReLU", "w": 1.0, "b": 0.0, "x": 2.0}
        start, shape, _ = content["headers"][0]["arrays"]["here"]
        here = np.frombuffer(data, np.float32, shape[0], start)
        np.testing.assert_allclose(here, [2, 2, 2, 1])

    def test_an_impossible_setting_is_a_sentence_and_not_an_error(self):
        stage = demo.CNNCalculator(size=8, kernel=11)
        assert stage.frames["headers"][0]["problem"].startswith("Layer 1: a filter of 11 x 11")
        stage.picture()

    def test_a_bug_in_compute_is_shown_with_its_name(self):
        class Broken(demo.Neuron):
            compute = staticmethod(lambda **_: 1 / 0)

        Broken.__module__ = demo.Neuron.__module__
        assert Broken().frames["headers"][0]["problem"] == "ZeroDivisionError: division by zero"

    def test_bake_computes_every_setting(self):
        class Small(demo.Neuron):
            controls = (choice("activation", "f", ("ReLU", "Tanh")), slider("w", "w", (0.0, 1.0), 1.0),
                        slider("b", "b", (0.0,), 0.0), slider("x", "x", (0.0, 1.0, 2.0), 0.0))
            moments = ()

        Small.__module__ = demo.Neuron.__module__              # its drawing lies there
        stage = Small().bake()
        assert [header["key"] for header in stage.frames["headers"]] == [
            f"{a},{w},0,{x}" for a in range(2) for w in range(2) for x in range(3)]
        with pytest.raises(ValueError, match="most: expected at least 12"):
            stage.bake(most=11)

    def test_hand_out_needs_no_network_and_holds_the_moments(self, tmp_path):
        page = demo.GradientDescent().to_html(tmp_path / "demo.html").read_text()
        assert "http://" not in page and "https://" not in page and "import(" not in page
        controls, chosen = handout.choose(demo.GradientDescent.controls, demo.GradientDescent.moments, 400)
        keys = [params.values() for params in settings(controls)]
        assert len(chosen) < len(keys)
        defaults = {c.name: c.default for c in demo.GradientDescent.controls}
        for moment in demo.GradientDescent.moments:
            assert defaults | moment.params in chosen

    def test_shared_arrays_are_stored_once(self, rng):
        grid = rng.random((9, 9)).astype(np.float32)
        frames = [packing.pack(str(k), {"grid": grid, "k": [k]}, {}) for k in range(5)]
        assert len(packing.bundle(frames)["data"]) == grid.nbytes + 5 * 4

    def test_moment_outside_the_controls_is_found_out(self):
        with pytest.raises(ValueError, match="not in"):
            Moment("x", "?", seed=7).at([button("seed", "s", 3)])

    def test_control_default_must_be_a_value(self):
        with pytest.raises(ValueError, match="n: expected one of"):
            Control("slider", "n", "n", (1, 2), 3)


def test_readers_without_widgets_get_the_picture():
    import nbconvert
    import nbformat

    data, _ = demo.Neuron()._repr_mimebundle_()
    output = nbformat.v4.new_output("display_data", data=data)
    cell = nbformat.v4.new_code_cell("Neuron()", outputs=[output])
    html, _ = nbconvert.HTMLExporter().from_notebook_node(nbformat.v4.new_notebook(cells=[cell]))
    assert "data:image/png;base64,iVBOR" in html


def test_demos_do_not_import_torch():
    code = "import sys, nnlib.demo as d; [getattr(d, n)() for n in d.DEMOS]; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_server_extension_switches_the_delay_off():
    from jupyter_server.services.kernels.websocket import KernelWebsocketHandler

    from nnlib.demo import nodelay

    before, calls = KernelWebsocketHandler.open, []

    class Handler:
        def set_nodelay(self, value):
            calls.append(value)

    async def opened(handler):
        calls.append("open")

    try:
        KernelWebsocketHandler.open = opened
        nodelay.send_at_once()
        import asyncio

        asyncio.run(KernelWebsocketHandler.open(Handler()))
    finally:
        KernelWebsocketHandler.open = before
    assert calls == [True, "open"]
    assert nodelay._jupyter_server_extension_points() == [{"module": "nnlib.demo.nodelay"}]


def test_installing_the_course_switches_the_server_extension_on():
    switch = Path(sys.prefix, "etc/jupyter/jupyter_server_config.d/nnlib-demo.json")
    extensions = json.loads(switch.read_text(encoding="utf-8"))["ServerApp"]["jpserver_extensions"]
    assert extensions == {"nnlib.demo.nodelay": True}
