"""How well the presets learn: each is trained as a person would train it from a shell, over seeds or folds.

``python -m benchmarks.presets [NAME ...] [--hub FOLDER]`` with the names of measurements, all of those that need no
download unless told otherwise. ``--hub`` is a folder that holds ``ylecun/mnist`` and ``local/movielens`` as the hub lays them
out, and ``local/credit/credit.csv``, and so on for the others.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.record import record
from runtime.insight.baselines.comparing import compare_run
from runtime.insight.trying import ask
from runtime.runs.folder import RunFolder
from runtime.runs.listing import list_runs

ROOT = Path(__file__).parents[1]
EXPLANATION = (
    "Every run is `python -m runtime train` with the preset's own settings but those in the second column. "
    "*Digits* are the 1,797 scanned digits that come with Layerloom, 10% of them held out, divided by the run's seed; the "
    "accuracy is that of the last weights on the held-out part, with no choice among epochs. *Iris* is ten-fold "
    "cross-validation: ten stratified folds, each once the validation part, the accuracy again that of the last weights. "
    "*MNIST* is the real one: a tenth of the 60,000 training pictures is held out and chooses the weights where a preset "
    "keeps its best, the accuracy is that on the 10,000 test pictures. A row *on all 60,000* holds none out (`--set "
    "data.main.split.validation=0`), as a loop written by hand would. *MASE* is the mean absolute error of a forecast, in units "
    "of what saying the value of one season ago errs by on the training part. *IoU* is the intersection over union of ink over "
    "all pixels of pictures that neither trained the weights nor chose among them. Seconds are those of training."
)


@dataclass(frozen=True)
class Trained:
    """One run that ended."""

    folder: Path
    metrics: dict[str, dict[str, float]]
    seconds: float
    best: float


@dataclass(frozen=True)
class Measurement:
    """What is measured: the results of several runs, and the aim for their mean."""

    name: str
    settings: str
    results: Callable[[Path], Iterator[tuple[float, float]]]
    aim: str
    is_reached: Callable[[float], bool]
    needs_hub: bool = False

    def measure(self, home: Path) -> dict[str, Any]:
        """Train, and describe what came out."""
        found = list(self.results(home))
        values = [value for value, _ in found]
        mean = statistics.fmean(values)
        spread = statistics.stdev(values) if len(values) > 1 else 0.0
        return {
            "measurement": self.name,
            "settings": self.settings,
            "results": [round(value, 4) for value in values],
            "mean": round(mean, 4),
            "deviation": round(spread, 4),
            "aim": self.aim,
            "reached": self.is_reached(mean),
            "seconds": [round(seconds, 1) for _, seconds in found],
        }


def train(project: dict[str, Any], home: Path, **settings: Any) -> Trained:
    """Train a project in a process of its own, as the shell does."""
    folder = Path(tempfile.mkdtemp(dir=home))
    file, runs = folder / "project.json", folder / "runs"
    file.write_text(json.dumps(project), encoding="utf-8")
    changes = [f"--set={path.replace('__', '.')}={json.dumps(value)}" for path, value in settings.items()]
    command = [sys.executable, "-m", "runtime", "train", str(file), *changes, "--runs", str(runs)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    summary = json.loads(done.stdout.strip().splitlines()[-1])
    listed = list_runs(runs).iloc[0]
    return Trained(Path(summary["folder"]), summary["metrics"], float(listed["seconds"]), listed["best"])


def read_preset(name: str) -> dict[str, Any]:
    """A preset's file."""
    return dict(json.loads((ROOT / "presets" / f"{name}.json").read_text(encoding="utf-8")))


def train_on_points(home: Path) -> Iterator[tuple[float, float]]:
    """What the line through four points says about x = 5, for three starting weights."""
    for seed in range(3):
        trained = train(read_preset("linear_regression"), home, run__seed=seed)
        yield ask(RunFolder(trained.folder), {"x": 5.0}).values[0], trained.seconds


def train_on_digits(home: Path) -> Iterator[tuple[float, float]]:
    """Accuracy of the small CNN on held-out embedded digits, for three seeds of both the weights and the split."""
    project = keep_origins(read_preset("mnist_cnn"), "embedded")
    for seed in range(3):
        trained = train(project, home, run__seed=seed, data__main__split__seed=seed)
        yield trained.metrics["validation"]["accuracy"], trained.seconds


def train_on_folds(home: Path) -> Iterator[tuple[float, float]]:
    """Accuracy on each of ten folds of iris. A fold lies at the end of a file of its own, where ``by: order`` takes it."""
    from sklearn.datasets import load_iris
    from sklearn.model_selection import StratifiedKFold

    flowers = load_iris(as_frame=True)
    frame = flowers.data.assign(target=[flowers.target_names[number] for number in flowers.target])
    folds = StratifiedKFold(n_splits=10, shuffle=True, random_state=0)
    for number, (rest, fold) in enumerate(folds.split(frame, flowers.target)):
        file = home / f"iris-{number}.csv"
        frame.iloc[[*rest, *fold]].to_csv(file, index=False)
        project = read_preset("mlp_iris")
        source = project["data"]["main"]
        source["origins"][0] |= {"kind": "file", "name": str(file)}
        source["split"] = {"validation": 0.1, "by": "order"}
        trained = train(project, home, run__seed=number)
        yield trained.metrics["validation"]["accuracy"], trained.seconds


def train_on_series(preset: str) -> Callable[[Path], Iterator[tuple[float, float]]]:
    """MASE of a forecast on the last part of its series, for three seeds of the weights: below 1 beats a season ago."""

    def results(home: Path) -> Iterator[tuple[float, float]]:
        for seed in range(3):
            trained = train(read_preset(preset), home, run__seed=seed)
            yield trained.metrics["test"]["mase"], trained.seconds

    return results


def train_on_ratings(home: Path) -> Iterator[tuple[float, float]]:
    """RMSE in stars on the test part of MovieLens, for three seeds of both the weights and the split."""
    project = keep_origins(read_preset("recommender"), "hub")
    for seed in range(3):
        trained = train(project, home, run__seed=seed, data__main__split__seed=seed)
        yield trained.metrics["test"]["rmse"], trained.seconds


def train_on_applications(home: Path) -> Iterator[tuple[float, float]]:
    """AUROC on a fifth of the real applications for a credit, for three seeds of both the weights and the split."""
    project = read_preset("credit_scoring")
    project["data"]["main"]["origins"][0] |= {"kind": "file", "name": str(home / "data/local/credit/credit.csv")}
    for seed in range(3):
        trained = train(project, home, run__seed=seed, data__main__split__seed=seed)
        yield trained.metrics["test"]["auroc"], trained.seconds


def train_on_table(home: Path) -> Iterator[tuple[float, float]]:
    """R² on a fifth of the applications that come with Layerloom, for three seeds of both the weights and the split."""
    for seed in range(3):
        trained = train(read_preset("tabular_embeddings"), home, run__seed=seed, data__main__split__seed=seed)
        yield trained.metrics["test"]["r2"], trained.seconds


def train_on_texts(
    preset: str, kind: str, part: str, metric: str, **settings: Any
) -> Callable[[Path], Iterator[tuple[float, float]]]:
    """One number of a preset that reads or writes texts, from the origins of one kind."""

    def results(home: Path) -> Iterator[tuple[float, float]]:
        trained = train(keep_origins(read_preset(preset), kind), home, **settings)
        yield trained.metrics[part][metric], trained.seconds

    return results


def train_on_photographs(home: Path) -> Iterator[tuple[float, float]]:
    """Accuracy of the compact CNN on the test part of CIFAR-10, with Adam in the place of its SGD."""
    project = keep_origins(read_preset("cifar_cnn"), "hub")
    (optimizer,) = [node for node in project["training"]["nodes"] if node["kind"] == "SGD"]
    optimizer |= {"kind": "Adam", "params": {"networks": ["model"], "lr": 0.001}}
    trained = train(project, home, run__epochs=5)
    yield trained.metrics["test"]["accuracy"], trained.seconds


def train_on_sentences(home: Path) -> Iterator[tuple[float, float]]:
    """BLEU of the translation of English test sentences, less that of copying the nearest training sentence's."""
    trained = train(keep_origins(read_preset("seq2seq_attention"), "hub"), home)
    made = {baseline["name"]: baseline for baseline in compare_run(RunFolder(trained.folder))["baselines"]}
    nearest = made["nearest"]
    bleu = trained.metrics["test"]["bleu"]
    print(f"BLEU {bleu:.4g}, {nearest}", file=sys.stderr, flush=True)
    yield bleu - nearest["metrics"]["test"]["bleu"], trained.seconds


def train_on_masks(home: Path) -> Iterator[tuple[float, float]]:
    """Intersection over union on a tenth of the drawn digits, for three seeds of both the weights and the split."""
    for seed in range(3):
        settings = {"run__seed": seed, "data__main__split__seed": seed, "data__main__split__test": 0.1}
        trained = train(read_preset("unet_masks"), home, **settings)
        yield trained.metrics["test"]["iou"], trained.seconds


def keep_origins(project: dict[str, Any], kind: str) -> dict[str, Any]:
    """A project whose data comes from origins of one kind only."""
    source = project["data"]["main"]
    source["origins"] = [origin for origin in source["origins"] if origin["kind"] == kind]
    return project


def train_on_mnist(preset: str, epochs: int) -> Callable[[Path], Iterator[tuple[float, float]]]:
    """Accuracy of a preset on the test part of MNIST, for three seeds of both the weights and the split."""

    def results(home: Path) -> Iterator[tuple[float, float]]:
        project = keep_origins(read_preset(preset), "hub")
        for seed in range(3):
            trained = train(project, home, run__epochs=epochs, run__seed=seed, data__main__split__seed=seed)
            print(f"{preset} seed {seed}: {trained.metrics}, best {trained.best}", file=sys.stderr, flush=True)
            yield trained.metrics["test"]["accuracy"], trained.seconds

    return results


MEASUREMENTS = (
    Measurement(
        "linear_regression", "x = 5, seeds 0 to 2", train_on_points, "10.0 ± 0.1", lambda mean: abs(mean - 10) <= 0.1
    ),
    Measurement("mnist_cnn on digits", "seeds 0 to 2", train_on_digits, "≥ 0.95", lambda mean: mean >= 0.95),
    Measurement("mlp_iris", "10 folds", train_on_folds, "≥ 0.93", lambda mean: mean >= 0.93),
    Measurement(
        "lstm_forecast",
        "test MASE, season 52; the last value: 1.29, a year ago: 1.43",
        train_on_series("lstm_forecast"),
        "< 1",
        lambda mean: mean < 1,
    ),
    Measurement(
        "stacked_lstm_forecast",
        "test MASE, season 11; the last value: 1.04, eleven years ago: 1.20",
        train_on_series("stacked_lstm_forecast"),
        "< 1",
        lambda mean: mean < 1,
    ),
    Measurement(
        "unet_masks", "test IoU, a tenth kept for it, seeds 0 to 2", train_on_masks, "≥ 0.85", lambda mean: mean >= 0.85
    ),
    Measurement("tabular_embeddings", "test R², seeds 0 to 2", train_on_table, "≥ 0.7", lambda mean: mean >= 0.7),
    Measurement(
        "recommender on MovieLens",
        "test RMSE, seeds 0 to 2; biases alone: 0.876",
        train_on_ratings,
        "< 0.876",
        lambda mean: mean < 0.876,
        needs_hub=True,
    ),
    Measurement(
        "credit_scoring on credit.csv",
        "test AUROC, seeds 0 to 2",
        train_on_applications,
        "≥ 0.82",
        lambda mean: mean >= 0.82,
        needs_hub=True,
    ),
    Measurement(
        "char_gpt",
        "two threads; validation loss in nats a character; by hand 1.20 after 250 s",
        train_on_texts("char_gpt", "embedded", "validation", "loss", run__threads=2),
        "≤ 1.35",
        lambda mean: mean <= 1.35,
    ),
    Measurement(
        "text_bilstm on movie snippets",
        "test accuracy; a linear model on counts of words: 0.776",
        train_on_texts("text_bilstm", "hub", "test", "accuracy"),
        "≥ 0.74",
        lambda mean: mean >= 0.74,
        needs_hub=True,
    ),
    Measurement(
        "seq2seq_attention on English and French",
        "test BLEU above that of the nearest training sentence's translation",
        train_on_sentences,
        "> 0",
        lambda mean: mean > 0,
        needs_hub=True,
    ),
    Measurement(
        "cifar_cnn on CIFAR-10",
        "Adam at 0.001, 5 epochs; by hand 0.64",
        train_on_photographs,
        "≥ 0.6",
        lambda mean: mean >= 0.6,
        needs_hub=True,
    ),
    *(
        Measurement(
            f"{preset} on MNIST",
            f"{epochs} epochs, seeds 0 to 2",
            train_on_mnist(preset, epochs),
            f"≥ {aim}",
            lambda mean, aim=aim: mean >= aim,
            needs_hub=True,
        )
        for preset, epochs, aim in (("mnist_cnn", 3, 0.978), ("mnist_cnn_deep", 5, 0.988), ("mnist_convnet", 8, 0.990))
    ),
)


def main() -> None:
    """Measure what was asked for, one after the other, and write each down as soon as it is known."""
    parser = argparse.ArgumentParser(description="How well the presets learn.")
    parser.add_argument("names", nargs="*", help=", ".join(item.name for item in MEASUREMENTS))
    parser.add_argument("--hub", type=Path, help="a folder that holds ylecun/mnist, local/movielens and local/credit")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        os.environ["LAYERLOOM_HOME"] = folder
        if options.hub:
            (home / "data").symlink_to(options.hub.resolve())
        for item in MEASUREMENTS:
            if item.name in options.names or (not options.names and (options.hub or not item.needs_hub)):
                row = item.measure(home)
                record("presets", [row], "measurement", EXPLANATION)
                print(json.dumps(row, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
