"""Lesson 16: the turns, taken right and wrong, and what must be true when it has run."""

import numpy as np

TURNS = {
    "shift": {
        "right": "def shift(rows):\n    return np.delete(rows, -1, axis=1), np.delete(rows, 0, axis=1)",
        "wrong": [
            "def shift(rows):\n    return rows[:, :-1], rows[:, :-1]",
            "def shift(rows):\n    return rows[:, 1:], rows[:, :-1]",
            "def shift(rows):\n    return rows[:-1], rows[1:]",
        ]},
    "ahead": {
        "right": "def ahead(T):\n    places = np.arange(T)\n    return places[None] > places[:, None]",
        "wrong": [
            "def ahead(T):\n    places = np.arange(T)\n    return places[None] >= places[:, None]",
            "def ahead(T):\n    places = np.arange(T)\n    return places[None] < places[:, None]",
            "def ahead(T):\n    return np.tri(T, dtype=bool)",
            "def ahead(T):\n    return np.triu(np.ones((T, T)), 1)",
        ]},
    "block": {
        "right": "def block(x, norm1, attend, norm2, feed):\n"
                 "    found = attend(norm1(x))\n"
                 "    return x + found + feed(norm2(x + found))",
        "wrong": [
            "def block(x, norm1, attend, norm2, feed):\n    return x + attend(norm1(x)) + feed(norm2(x))",
            "def block(x, norm1, attend, norm2, feed):\n    return x + feed(norm2(x + attend(norm1(x))))",
            "def block(x, norm1, attend, norm2, feed):\n    h = norm1(x + attend(x))\n    return norm2(h + feed(h))",
            "def block(x, norm1, attend, norm2, feed):\n    return feed(norm2(attend(norm1(x))))",
            "def block(x, norm1, attend, norm2, feed):\n    x = x + attend(norm1(x))\n    return x + feed(x)",
            "def block(x, norm1, attend, norm2, feed):\n    x = x + attend(x)\n    return x + feed(norm2(x))",
            "def block(x, norm1, attend, norm2, feed):\n    x = x + attend(norm1(x))\n    return x + feed(norm1(x))",
        ]},
    "embed": {
        "right": "def embed(tokens, vectors, places):\n"
                 "    x = np.zeros((*tokens.shape, vectors.shape[1]))\n"
                 "    for n, row in enumerate(tokens):\n"
                 "        for t, token in enumerate(row):\n"
                 "            x[n, t] = vectors[token] + places[t]\n"
                 "    return x",
        "wrong": [
            "def embed(tokens, vectors, places):\n    return vectors[tokens]",
            "def embed(tokens, vectors, places):\n    return vectors[tokens] + places[tokens]",
            "def embed(tokens, vectors, places):\n    return vectors[tokens] + places[-tokens.shape[1]:]",
        ]},
    "odds": {
        "right": "def odds(logits, temperature, k):\n"
                 "    kept = np.argsort(-logits)[:k]\n"
                 "    p = np.zeros(len(logits))\n"
                 "    p[kept] = np.exp((logits[kept] - logits[kept].max()) / temperature)\n"
                 "    return p / p.sum()",
        "wrong": [
            "def odds(logits, temperature, k):\n"
            "    p = np.exp((logits - logits.max()) * temperature)\n"
            "    p[np.argsort(logits)[:-k]] = 0\n"
            "    return p / p.sum()",
            "def odds(logits, temperature, k):\n"
            "    p = np.exp((logits - logits.max()) / temperature)\n"
            "    return p / p.sum()",
            "def odds(logits, temperature, k):\n"
            "    p = np.exp((logits - logits.max()) / temperature)\n"
            "    p = p / p.sum()\n"
            "    p[np.argsort(logits)[:-k]] = 0\n"
            "    return p",
        ]},
    "write": {
        "right": "def write(gpt, tokens, count, temperature, k, rng):\n"
                 "    text = list(tokens)\n"
                 "    while len(text) < len(tokens) + count:\n"
                 "        p = odds(gpt(np.array([text[-32:]]))[0][-1], temperature, k)\n"
                 "        text.append(rng.choice(len(p), p=p))\n"
                 "    return np.array(text)",
        "wrong": [
            "def write(gpt, tokens, count, temperature, k, rng):\n"
            "    for _ in range(count):\n"
            "        p = odds(gpt(tokens[None])[0, -1], temperature, k)\n"
            "        tokens = np.append(tokens, rng.choice(len(p), p=p))\n"
            "    return tokens",
            "def write(gpt, tokens, count, temperature, k, rng):\n"
            "    for _ in range(count):\n"
            "        tokens = np.append(tokens, gpt(tokens[None, -32:])[0, -1].argmax())\n"
            "    return tokens",
            "def write(gpt, tokens, count, temperature, k, rng):\n"
            "    for _ in range(count):\n"
            "        p = odds(gpt(tokens[None, -32:])[0, 0], temperature, k)\n"
            "        tokens = np.append(tokens, rng.choice(len(p), p=p))\n"
            "    return tokens",
        ]},
}


def test_byte_pairs_go_there_and_back():
    for line in (unseen[:5000], "aaaa aaa \0 naïve 你好", ""):
        assert decode(encode(line)) == line
    assert merge(np.array([97, 97, 97, 97, 97]), (97, 97), 300).tolist() == [300, 300, 97]
    assert len(as_bytes(known)) == len(known) and 1.8 < letters < 2.2
    assert learn_merges(known[:20_000], 20) == learn_merges(known[:20_000], 20)


def test_numpy_and_pytorch_learn_the_same():
    assert apart[:5].max() < 1e-5
    assert apart.max() < 0.05 and abs(gpt_bits - twin_bits) < 0.02


def test_the_gpt_beats_the_bigram():
    assert gpt_bits < counted - 0.05 and twin_bits < counted - 0.05
    assert counted < bigram_bits(as_bytes(known), as_bytes(unseen), 256) - 0.5
    assert size(model) < K**2 / 2


def test_the_readers_gpt_is_the_librarys():
    tokens = unseen_tokens[None, :32]
    np.testing.assert_allclose(my_gpt(tokens), model(tokens), atol=1e-12)
    wanted = model.generate(tokens[:, :10], 5, temperature=0)[0]
    np.testing.assert_array_equal(write(my_gpt, tokens[0, :10], 5, 1.0, 1, np.random.default_rng(0)), wanted)


def test_the_whole_on_one_page_is_the_same():
    import json
    from pathlib import Path

    cells = json.loads(Path("16_transformers.ipynb").read_text(encoding="utf-8"))["cells"]
    page = next("".join(cell["source"]) for cell in cells if cell["id"] == "whole")
    names = {"np": np, "encode": encode, "decode": decode, "model": model, "K": K}
    exec(page.split("```python\n")[1].split("```")[0], names)
    np.testing.assert_allclose(names["gpt"](row, model.state_dict()), model(row), atol=1e-12)
    two = ours.GPT(K, 32, 16, 2, 2).double().eval()
    np.testing.assert_allclose(names["gpt"](row, two.state_dict(), blocks=2, heads=2), two(row), atol=1e-12)
    np.testing.assert_array_equal(names["tokens"], write(my_gpt, start, 60, 0.8, 40, np.random.default_rng(2)))


def test_parameters_are_counted():
    counts = {d: size(ours.GPT(K, 32, d, 4, 3).blocks) for d in (32, 64)}
    assert counts == {d: 3 * (12 * d**2 + 13 * d) for d in counts}
    assert size(model) == 12 * 64**2 + 13 * 64 + 2 * 64 + (K + 32) * 64 + K * 64


def test_attention_costs_more_than_its_share_in_long_texts():
    growth, growth_of_the_rest = np.divide(costs[1024], costs[128])
    assert growth > 16 and growth > growth_of_the_rest / 2


def test_the_cache_changes_nothing_and_saves_time():
    assert cache_error < 1e-12 and faster > 2


def test_the_readers_layers_are_the_librarys():
    x, memory = np.random.default_rng(3).normal(size=(2, 2, 4, 32))
    encoder, decoder = translator.encoder[0], translator.decoder[0]
    np.testing.assert_allclose(encoder_layer(encoder, x), encoder(x), atol=1e-12)
    np.testing.assert_allclose(decoder_layer(decoder, x, memory), decoder(x, memory, ahead(4)), atol=1e-12)


def test_the_translator_is_exact():
    assert exact >= 0.99
    assert not set(english[:6000]) & set(english[6000:])


def test_the_translator_crosses_over():
    assert target_words.decode(put[0])[:3] == ["cette", "vache", "noire"]
    assert looks[2].argmax() == 1 and looks[4, 6] > 0.05      # noire at black; un also at wolf


def test_the_vision_transformer_beats_the_linear_model():
    assert shares["vision transformer"] > 0.98 > shares["linear"] > 0.9


def test_post_norm_needs_its_warm_up():
    assert ends["post-norm, warm-up"] < ends["pre-norm"] < 1.5 and ends["post-norm"] > 1.8


def test_without_a_mask_it_cheats():
    assert cheat_bits < gpt_bits - 0.5 and cheat_honest > counted + 0.3
    assert leak(cheat) > 0.1 and leak(my_gpt) == 0


def test_it_says_the_same_twice():
    global rng
    runs = []
    for _ in range(2):
        rng = manual_seed(0)
        again = ours.GPT(K, 32, 64, 4, 1)
        runs.append(learn(again, passages, 5, 1e-2))
    assert runs[0] == runs[1]
