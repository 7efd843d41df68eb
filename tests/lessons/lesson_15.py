"""Lesson 15: the turns, taken right and wrong, and what must be true when it has run."""

import numpy as np

TURNS = {
    "look_up": {
        "right": "def look_up(q, keys, values):\n"
                 "    raised = [np.exp(sum(a * b for a, b in zip(q, key)) / len(q) ** 0.5) for key in keys]\n"
                 "    p = np.array(raised) / sum(raised)\n"
                 "    return sum(share * value for share, value in zip(p, values)), p",
        "wrong": [
            "def look_up(q, keys, values):\n"
            "    p = np.exp(keys @ q)\n"
            "    p = p / p.sum()\n"
            "    return p @ values, p",
            "def look_up(q, keys, values):\n"
            "    p = softmax(keys @ q / len(q))\n"
            "    return p @ values, p",
            "def look_up(q, keys, values):\n"
            "    p = softmax(keys @ q / np.sqrt(len(keys)))\n"
            "    return p @ values, p",
            "def look_up(q, keys, values):\n"
            "    p = np.exp(keys @ q / np.sqrt(len(q)))\n"
            "    p = p / p.max()\n"
            "    return p @ values, p",
            "def look_up(q, keys, values):\n"
            "    p = softmax(keys @ q / np.sqrt(len(q)))\n"
            "    return values[p.argmax()], p",
        ]},
    "turned": {
        "right": "def turned(x, places):\n"
                 "    angle = places[:, None] * speeds(x.shape[-1])\n"
                 "    numbers = (x[..., 0::2] + 1j * x[..., 1::2]) * np.exp(1j * angle)   # complex numbers turn\n"
                 "    return np.stack([numbers.real, numbers.imag], axis=-1).reshape(x.shape)",
        "wrong": [
            "def turned(x, places):\n"
            "    angle = places[:, None] * speeds(x.shape[-1])\n"
            "    numbers = (x[..., 0::2] + 1j * x[..., 1::2]) * np.exp(-1j * angle)\n"
            "    return np.stack([numbers.real, numbers.imag], axis=-1).reshape(x.shape)",
            "def turned(x, places):\n"
            "    angle = places[:, None] * speeds(x.shape[-1])\n"
            "    out = x.copy()\n"
            "    out[..., 0::2] = out[..., 0::2] * np.cos(angle) - out[..., 1::2] * np.sin(angle)\n"
            "    out[..., 1::2] = out[..., 0::2] * np.sin(angle) + out[..., 1::2] * np.cos(angle)\n"
            "    return out",
            "def turned(x, places):\n"
            "    angle = places[:, None] * speeds(x.shape[-1])\n"
            "    first, second, out = x[..., 0::2], x[..., 1::2], np.empty_like(x)\n"
            "    out[..., 0::2] = first * np.cos(angle) - second * np.sin(angle)\n"
            "    out[..., 1::2] = first * np.cos(angle) + second * np.sin(angle)\n"
            "    return out",
        ]},
    "scores_gradient": {
        "right": "def scores_gradient(p, dp):\n"
                 "    jacobian = p[..., :, None] * (np.eye(p.shape[-1]) - p[..., None, :])\n"
                 "    return (jacobian @ dp[..., None])[..., 0]",
        "wrong": [
            "def scores_gradient(p, dp):\n    return p * dp",
            "def scores_gradient(p, dp):\n    return p * (1 - p) * dp",
            "def scores_gradient(p, dp):\n    return p * (dp - (p * dp).sum(axis=-2, keepdims=True))",
            "def scores_gradient(p, dp):\n    return p * (dp - dp.mean(axis=-1, keepdims=True))",
        ]},
    "by_hand": {
        "right": "def by_hand(letters):\n"
                 "    out = np.zeros((*letters.shape, K))\n"
                 "    for n, row in enumerate(letters):\n"
                 "        for t, letter in enumerate(row):\n"
                 "            behind = [row[j] for j in range(1, t + 1) if row[j - 1] == letter]\n"
                 "            heard = behind if len(behind) else row[:t + 1]\n"
                 "            out[n, t] = np.eye(K)[heard].mean(axis=0)\n"
                 "    return out",
        "wrong": [
            "def by_hand(letters):\n"
            "    here = np.eye(K)[letters]\n"
            "    before = np.concatenate([np.zeros_like(here[:, :1]), here[:, :-1]], axis=1)\n"
            "    return nn.scaled_dot_product_attention(100 * before, here, here, is_causal=True)",
            "def by_hand(letters):\n"
            "    here = np.eye(K)[letters]\n"
            "    return nn.scaled_dot_product_attention(100 * here, here, here, is_causal=True)",
            "def by_hand(letters):\n"
            "    here = np.eye(K)[letters]\n"
            "    before = np.concatenate([np.zeros_like(here[:, :1]), here[:, :-1]], axis=1)\n"
            "    return nn.scaled_dot_product_attention(100 * here, before, before, is_causal=True)",
            "def by_hand(letters):\n"
            "    here = np.eye(K)[letters]\n"
            "    before = np.concatenate([np.zeros_like(here[:, :1]), here[:, :-1]], axis=1)\n"
            "    return nn.scaled_dot_product_attention(100 * here, before, here)",
        ]},
}


def share(name, far=False):
    return right[name][(back >= 10) if far else (after >= 0)].mean()


def test_the_state_forgets_and_the_head_does_not():
    assert share("LSTM") < 0.5 and share("LSTM", far=True) < 0.25
    assert rule < 0.36                                         # the letter before, always
    assert share("letter before, turned") > 0.97 and share("letter before, turned", far=True) > 0.95


def test_each_part_of_the_copying_head_is_needed():
    assert share("letters alone, turned") < 0.36
    assert 0.65 < share("by hand") < 0.85
    assert 0.75 < share("letter before, no places") < 0.92
    assert share("letter before, clocks added") > 0.96


def test_turned_places_reach_further_than_added_ones():
    longer = {name: (train.predict(reader, long)[:, :, 36:].argmax(axis=1) == late)[late >= 0].mean()
              for name, reader in readers.items()}
    assert longer["letter before, clocks added"] < 0.65 < 0.75 < longer["letter before, turned"]


def test_the_head_looks_where_the_answer_stands():
    assert found.mean() > 0.8 and np.mean(1 / (t + 1)) < 0.1
    np.testing.assert_allclose(looks.sum(axis=-1), 1, rtol=1e-5)
    assert looks[:, np.triu(np.ones((24, 24), bool), 1)].max() == 0


def test_scores_spread_like_the_root_of_d_and_slopes_die():
    rng = np.random.default_rng(7)
    for d in (4, 64, 256):
        q, k = rng.normal(size=(2, 20_000, d))
        assert abs((q * k).sum(axis=1).var() / d - 1) < 0.1
    assert slopes["plain", 1024] < 1e-3 * slopes["divided", 1024]
    assert 0.8 < slopes["divided", 1024] / slopes["divided", 4] < 1.2
    assert shares["plain", 1024][0] > 0.99 > 0.3 > shares["divided", 1024][0]


def test_order_comes_along_and_the_mean_forgets_it():
    layer = nn.MultiheadAttention(12, 3, batch_first=True).double()
    x, order = np.random.default_rng(8).normal(size=(2, 7, 12)), np.random.default_rng(9).permutation(7)
    out, mixed = layer(x, x, x)[0], layer(x[:, order], x[:, order], x[:, order])[0]
    np.testing.assert_allclose(mixed, out[:, order], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(mixed.mean(axis=1), out.mean(axis=1), rtol=1e-9, atol=1e-12)
    assert np.abs(mixed - out).max() > 1e-3


def test_turned_scores_know_only_the_distance():
    q, k = np.random.default_rng(10).normal(size=(2, 1, 16))
    for shift in (0, 1, 17, 1000):
        score = turned(q, np.array([3 + shift])) @ turned(k, np.array([9 + shift])).T
        np.testing.assert_allclose(score, turned(q, np.array([3])) @ turned(k, np.array([9])).T, rtol=1e-9)
    assert np.ptp(scores["turned"]) < 1e-9 and np.ptp(scores["added"]) > 1
    np.testing.assert_allclose(np.linalg.norm(turned(q, np.array([5]))), np.linalg.norm(q))


def test_two_heads_see_what_one_cannot():
    assert explained[1] < 0.75 and explained[2] > 0.98


def test_heads_are_a_reshape():
    assert check.relative_error(layer.out_proj(heard), layer(x, x, x)[0]) < 1e-12
    theirs = torch.nn.MultiheadAttention(8, 2, bias=False, batch_first=True).double()
    theirs.load_state_dict({name: torch.tensor(value) for name, value in layer.state_dict().items()})
    their_out, _ = theirs(*[torch.tensor(x)] * 3)
    assert check.relative_error(layer.out_proj(heard), their_out.detach().numpy()) < 1e-12


def test_a_place_made_of_its_letter_alone_cannot_tell_after_whom_it_stands():
    pair = np.array([[0, 2, 1, 3, 4, 0], [0, 3, 1, 2, 4, 0]])  # a c b d e a: c. And a d b c e a: d
    for see, tells in ((nn.Embedding(K, E), False), (Before(), True)):
        out = OneHead(E).double()(see.double()(pair))
        assert (np.abs(out[0, -1] - out[1, -1]).max() > 1e-6) == tells


def test_the_late_mask_leaks_and_the_early_one_does_not():
    for attend, leaks in ((late_mask, True), (in_time, False)):
        moved = np.abs(attend(q, k + change, v + change) - attend(q, k, v))[:-1].max()
        assert (moved > 1e-3) == leaks
        assert np.allclose(attend(q, k, np.ones((6, 1))), 1) == (not leaks)


def test_the_head_is_the_library_s_in_single_precision_too():
    ours, library = OneHead(8), nn.MultiheadAttention(8, 1, bias=False, batch_first=True)
    library.load_state_dict(ours.state_dict())
    x = np.random.default_rng(11).normal(size=(3, 6, 8)).astype(np.float32)
    out = ours(x)
    assert out.dtype == np.float32
    expected, _ = library(x, x, x, attn_mask=np.triu(np.ones((6, 6), bool), 1))
    np.testing.assert_allclose(out, expected, rtol=1e-4, atol=1e-5)


def test_it_says_the_same_twice():
    again, same = trained(*kinds["letter before, turned"])
    assert (same == right["letter before, turned"]).all()
    first = readers["letter before, turned"]
    assert all((a.data == b.data).all() for a, b in zip(again.parameters(), first.parameters()))
