"""The catalogue of the training graph's kinds."""

from __future__ import annotations

from builder.training.base import Loss, Metric, Preview, TrainingKind, Updater
from builder.training.buffers import Buffer
from builder.training.data import Augment, AugmentMasks, Data, Network
from builder.training.decoding import GreedyDecoding
from builder.training.diffusion import AddNoise, DiffusionSamples
from builder.training.draws import Noise, RandomInteger, Reparameterize, Uniform
from builder.training.error_metrics import (
    MeanAbsoluteError,
    MeanAbsoluteScaledError,
    MeanSquaredError,
    R2Score,
    RootMeanSquaredError,
)
from builder.training.language_previews import TextGeneration, TranslationPreview
from builder.training.latent_losses import DistillationLoss, NormalKLLoss, NTXentLoss
from builder.training.losses import (
    BCELoss,
    BCEWithLogitsLoss,
    CrossEntropyLoss,
    HuberLoss,
    L1Loss,
    MSELoss,
    NLLLoss,
    SmoothL1Loss,
)
from builder.training.masks import Dice, DiceLoss, IoU, MaskRows
from builder.training.metrics import (
    AUROC,
    F1,
    Accuracy,
    AveragePrecision,
    ConfusionMatrix,
    Precision,
    Recall,
    TopKAccuracy,
)
from builder.training.mixing import Mix
from builder.training.operations import Detach, Formula
from builder.training.optimizers import SGD, Adagrad, Adam, AdamW, NAdam, Optimizer, RMSprop
from builder.training.penalties import L1Penalty, L2Penalty
from builder.training.picture_rows import ImageRows
from builder.training.previews import DecisionSurface, ImageGrid, PredictedVsActual, PredictionTable
from builder.training.ranking_metrics import NDCG, HitRate
from builder.training.series_previews import Forecast
from builder.training.signal_metrics import PSNR
from builder.training.slopes import Gradient, Leaf
from builder.training.tables import Table
from builder.training.text_metrics import BLEU, EntityF1, Perplexity
from builder.training.text_previews import TaggedTokens, TextSamples
from builder.training.updaters import Average, ClipWeights

TRAINING_FAMILIES: tuple[str, ...] = (
    "Data",
    "Networks",
    "Draws",
    "Operations",
    "Losses",
    "Penalties",
    "Optimizers",
    "Metrics",
    "Previews",
)

TRAINING_CATALOGUE: dict[str, type[TrainingKind]] = {
    cls.kind: cls
    for cls in (
        Data,
        Augment,
        AugmentMasks,
        Mix,
        Network,
        GreedyDecoding,
        Noise,
        Uniform,
        RandomInteger,
        Table,
        Reparameterize,
        Formula,
        Detach,
        Leaf,
        Gradient,
        Buffer,
        AddNoise,
        CrossEntropyLoss,
        NLLLoss,
        BCEWithLogitsLoss,
        BCELoss,
        MSELoss,
        L1Loss,
        SmoothL1Loss,
        HuberLoss,
        DiceLoss,
        NormalKLLoss,
        NTXentLoss,
        DistillationLoss,
        L1Penalty,
        L2Penalty,
        SGD,
        Adam,
        AdamW,
        NAdam,
        RMSprop,
        Adagrad,
        Average,
        ClipWeights,
        Accuracy,
        TopKAccuracy,
        Precision,
        Recall,
        F1,
        AUROC,
        AveragePrecision,
        ConfusionMatrix,
        EntityF1,
        IoU,
        Dice,
        MeanSquaredError,
        RootMeanSquaredError,
        MeanAbsoluteError,
        MeanAbsoluteScaledError,
        R2Score,
        PSNR,
        Perplexity,
        BLEU,
        HitRate,
        NDCG,
        ImageGrid,
        ImageRows,
        MaskRows,
        PredictionTable,
        PredictedVsActual,
        DecisionSurface,
        DiffusionSamples,
        TextGeneration,
        TranslationPreview,
        Forecast,
        TextSamples,
        TaggedTokens,
    )
}

__all__ = [
    "TRAINING_CATALOGUE",
    "TRAINING_FAMILIES",
    "Loss",
    "Metric",
    "Optimizer",
    "Preview",
    "TrainingKind",
    "Updater",
]
