"""The presets compute what transformers' classes compute with the same weights; these are built from a configuration."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from builder.compiler import build_network
from runtime.weights.carrying import call_elsewhere
from runtime.weights.starting import name_tensors
from tests.presets.architectures import load
from tests.presets.torchvision_names import SHAPES

pytestmark = pytest.mark.slow

SIDE = 64
CLASSES = 10
Tensors = dict[str, Tensor]


def same(tensors: Tensors) -> Tensors:
    """Their tensors as they are."""
    return tensors


@dataclass(frozen=True)
class Case:
    """A preset, the same as a class of transformers with its configuration, and what that calls its tensors.

    ``names`` are patterns and what torchvision says for what they match; ``arrange`` lays tensors out as torchvision does, and
    ``adjust`` changes in their network what no configuration can.
    """

    preset: str
    library: str
    config: dict[str, Any]
    names: list[tuple[str, str | Callable[[re.Match[str]], str]]]
    arrange: Callable[[Tensors], Tensors] = same
    adjust: Callable[[Any], None] = field(default=lambda network: None)


def after(first: int) -> Callable[[re.Match[str]], str]:
    """The number of a block that torchvision counts from ``first``."""
    return lambda match: f"features.{int(match[1]) + first}."


RESNET: list[tuple[str, Any]] = [
    (r"^resnet\.embedder\.embedder\.convolution", "conv1"),
    (r"^resnet\.embedder\.embedder\.normalization", "bn1"),
    (r"^resnet\.encoder\.stages\.(\d)\.layers\.", lambda match: f"layer{int(match[1]) + 1}."),
    (r"shortcut\.convolution", "downsample.0"),
    (r"shortcut\.normalization", "downsample.1"),
    (r"layer\.(\d)\.convolution", lambda match: f"conv{int(match[1]) + 1}"),
    (r"layer\.(\d)\.normalization", lambda match: f"bn{int(match[1]) + 1}"),
    (r"^classifier\.1", "fc"),
]
MOBILENET: list[tuple[str, Any]] = [
    (r"^mobilenet_v2\.conv_stem\.first_conv", "features.0"),
    (r"^mobilenet_v2\.conv_stem\.conv_3x3", "features.1.conv.0"),
    (r"^mobilenet_v2\.conv_stem\.reduce_1x1\.convolution", "features.1.conv.1"),
    (r"^mobilenet_v2\.conv_stem\.reduce_1x1\.normalization", "features.1.conv.2"),
    (r"^mobilenet_v2\.conv_1x1", "features.18"),
    (r"^mobilenet_v2\.layer\.(\d+)\.", after(2)),
    (r"expand_1x1", "conv.0"),
    (r"conv_3x3", "conv.1"),
    (r"reduce_1x1\.convolution", "conv.2"),
    (r"reduce_1x1\.normalization", "conv.3"),
    (r"\.convolution\.", ".0."),
    (r"\.normalization\.", ".1."),
    (r"^classifier", "classifier.1"),
]
STAGES = [(1, 0), *((stage, block) for stage, count in enumerate((2, 2, 3, 3, 4, 1), 2) for block in range(count))]


def name_block(match: re.Match[str]) -> str:
    """EfficientNet's blocks are counted through there, and by stages here; the first one does not widen."""
    stage, block = STAGES[int(match[1])]
    parts = ["depthwise_conv", "squeeze_excite", "projection"]
    place = ([] if stage == 1 else ["expansion"]) + parts
    return f"features.{stage}.{block}.block.{place.index(match[2])}."


EFFICIENTNET: list[tuple[str, Any]] = [
    (r"^efficientnet\.embeddings\.convolution", "features.0.0"),
    (r"^efficientnet\.embeddings\.batchnorm", "features.0.1"),
    (r"^efficientnet\.encoder\.top_conv", "features.8.0"),
    (r"^efficientnet\.encoder\.top_bn", "features.8.1"),
    (r"^efficientnet\.encoder\.blocks\.(\d+)\.(\w+)\.", name_block),
    (r"\.(expand|depthwise|project)_conv\.", ".0."),
    (r"\.(expand_bn|depthwise_norm|project_bn)\.", ".1."),
    (r"\.reduce\.", ".fc1."),
    (r"\.expand\.", ".fc2."),
    (r"^classifier", "classifier.1"),
]
VIT: list[tuple[str, Any]] = [
    (r"^vit\.embeddings\.cls_token", "class_token"),
    (r"^vit\.embeddings\.position_embeddings", "encoder.pos_embedding"),
    (r"^vit\.embeddings\.patch_embeddings\.projection", "conv_proj"),
    (r"^vit\.layers\.(\d+)\.", lambda match: f"encoder.layers.encoder_layer_{match[1]}."),
    (r"layernorm_before", "ln_1"),
    (r"layernorm_after", "ln_2"),
    (r"attention\.o_proj", "self_attention.out_proj"),
    (r"mlp\.fc1", "mlp.0"),
    (r"mlp\.fc2", "mlp.3"),
    (r"^vit\.layernorm", "encoder.ln"),
    (r"^classifier", "heads.head"),
]
CONVNEXT: list[tuple[str, Any]] = [
    (r"^convnext\.embeddings\.patch_embeddings", "features.0.0"),
    (r"^convnext\.embeddings\.layernorm", "features.0.1"),
    (r"^convnext\.encoder\.stages\.(\d)\.downsampling_layer", lambda match: f"features.{2 * int(match[1])}"),
    (r"^convnext\.encoder\.stages\.(\d)\.layers\.", lambda match: f"features.{2 * int(match[1]) + 1}."),
    (r"layer_scale_parameter", "layer_scale"),
    (r"\.dwconv", ".block.0"),
    (r"(\d)\.layernorm", r"\1.block.2"),
    (r"pwconv1", "block.3"),
    (r"pwconv2", "block.5"),
    (r"^convnext\.layernorm", "classifier.0"),
    (r"^classifier\.(weight|bias)", r"classifier.2.\1"),
]


def join_projections(tensors: Tensors) -> Tensors:
    """Queries, keys and values are one tensor in PyTorch's attention."""
    joined = {}
    for name, tensor in tensors.items():
        if match := re.fullmatch(r"(.*)attention\.q_proj\.(weight|bias)", name):
            parts = [tensors[f"{match[1]}attention.{part}_proj.{match[2]}"] for part in "qkv"]
            joined[f"{match[1]}self_attention.in_proj_{match[2]}"] = torch.cat(parts)
        elif not re.search(r"attention\.[kv]_proj", name):
            joined[name] = tensor
    return joined


def shape_scales(tensors: Tensors) -> Tensors:
    """The scale of a branch is laid out for channels first."""
    return {name: t.reshape(-1, 1, 1) if name.endswith("layer_scale") else t for name, t in tensors.items()}


def pad_evenly(network: Any) -> None:
    """transformers pads the first convolution as TensorFlow did: at the right and below alone."""
    network.efficientnet.embeddings.padding = nn.ZeroPad2d(1)


EFFICIENT = {"width_coefficient": 1.0, "depth_coefficient": 1.0, "hidden_dim": 1280, "batch_norm_eps": 1e-5,
             "depthwise_padding": list(range(16))}  # fmt: skip
TINY = {"hidden_size": 192, "num_hidden_layers": 12, "num_attention_heads": 3, "intermediate_size": 768,
        "image_size": SIDE, "layer_norm_eps": 1e-6}  # fmt: skip
BASIC = {"layer_type": "basic", "depths": [2, 2, 2, 2], "hidden_sizes": [64, 128, 256, 512]}
CASES = [
    Case("resnet18", "ResNet", BASIC, RESNET),
    Case("resnet50", "ResNet", {}, RESNET),
    Case("mobilenet_v2", "MobileNetV2", {"tf_padding": False, "layer_norm_eps": 1e-5}, MOBILENET),
    Case("efficientnet_b0", "EfficientNet", EFFICIENT, EFFICIENTNET, adjust=pad_evenly),
    Case("vit_tiny", "ViT", TINY, VIT, join_projections),
    Case("convnext_tiny", "ConvNext", {"layer_norm_eps": 1e-6}, CONVNEXT, shape_scales),
]


def build_theirs(case: Case) -> Any:
    """The class of transformers, at rest, with weights under which no branch vanishes and no statistics are plain."""
    import transformers

    config = getattr(transformers, f"{case.library}Config")(num_labels=CLASSES, **case.config)
    torch.manual_seed(0)
    network = getattr(transformers, f"{case.library}ForImageClassification")(config).eval()
    case.adjust(network)
    with torch.no_grad():
        for name, tensor in network.state_dict().items():
            if name.endswith(("running_var", "layer_scale_parameter")):
                tensor.uniform_(0.5, 1.5)
            elif name.endswith(("bias", "running_mean")):
                tensor.normal_(0, 0.1)
            elif tensor.dim() == 1:
                tensor.uniform_(0.5, 1.5)
    return network


def rename(case: Case, tensors: Tensors) -> Tensors:
    """Their tensors in torchvision's names."""
    renamed = {}
    for name, tensor in tensors.items():
        for pattern, replacement in case.names:
            name = re.sub(pattern, replacement, name)  # noqa: PLW2901
        renamed[name] = tensor
    return case.arrange(renamed)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.preset)
def test_with_the_same_weights_the_outputs_are_those_of_transformers(case: Case) -> None:
    theirs = build_theirs(case)
    given = rename(case, theirs.state_dict())
    project = load(case.preset, CLASSES, SIDE)
    ours = build_network(project, "model").eval()
    names = call_elsewhere(ours.state_dict(), name_tensors(project, "model"))
    assert set(names.values()) == given.keys() == SHAPES[case.preset](CLASSES).keys()
    ours.load_state_dict({own: given[name] for own, name in names.items()})
    image = torch.randn(2, 3, SIDE, SIDE)
    with torch.no_grad():
        wanted = theirs(image).logits
        assert wanted.std() > 1e-3
        torch.testing.assert_close(ours(image), wanted, rtol=1e-5, atol=1e-5)
