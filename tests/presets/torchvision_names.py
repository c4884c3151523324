"""What torchvision calls the tensors of its networks, and their shapes: written by hand, since its names are well known."""

from __future__ import annotations

from collections.abc import Callable

Shapes = dict[str, tuple[int, ...]]


def conv(name: str, inputs: int, outputs: int, size: int, groups: int = 1, bias: bool = False) -> Shapes:
    """A convolution; without a bias unless told otherwise."""
    return {f"{name}.weight": (outputs, inputs // groups, size, size)} | ({f"{name}.bias": (outputs,)} if bias else {})


def linear(name: str, inputs: int, outputs: int) -> Shapes:
    return {f"{name}.weight": (outputs, inputs), f"{name}.bias": (outputs,)}


def norm(name: str, channels: int) -> Shapes:
    """A layer normalisation."""
    return {f"{name}.weight": (channels,), f"{name}.bias": (channels,)}


def batch_norm(name: str, channels: int) -> Shapes:
    running = {f"{name}.{part}": (channels,) for part in ("running_mean", "running_var")}
    return {**norm(name, channels), **running, f"{name}.num_batches_tracked": ()}


def conv_bn(name: str, inputs: int, outputs: int, size: int, groups: int = 1) -> Shapes:
    """``Conv2dNormActivation``."""
    return conv(f"{name}.0", inputs, outputs, size, groups) | batch_norm(f"{name}.1", outputs)


def resnet(counts: tuple[int, ...], expansion: int, stem: int, classes: int) -> Shapes:
    found = conv("conv1", 3, 64, stem) | batch_norm("bn1", 64)
    inputs = 64
    for stage, count in enumerate(counts):
        width, outputs = 64 * 2**stage, 64 * 2**stage * expansion
        for block in range(count):
            name = f"layer{stage + 1}.{block}"
            sizes = [(inputs, width, 3), (width, width, 3)]
            if expansion > 1:
                sizes = [(inputs, width, 1), (width, width, 3), (width, outputs, 1)]
            for number, (a, b, size) in enumerate(sizes, 1):
                found |= conv(f"{name}.conv{number}", a, b, size) | batch_norm(f"{name}.bn{number}", b)
            if block == 0 and inputs != outputs:
                found |= conv_bn(f"{name}.downsample", inputs, outputs, 1)
            inputs = outputs
    return found | linear("fc", inputs, classes)


def resnet18(classes: int) -> Shapes:
    return resnet((2, 2, 2, 2), 1, 7, classes)


def resnet18_cifar(classes: int) -> Shapes:
    return resnet((2, 2, 2, 2), 1, 3, classes)


def resnet50(classes: int) -> Shapes:
    return resnet((3, 4, 6, 3), 4, 7, classes)


def vgg11(classes: int) -> Shapes:
    places = [(0, 3, 64), (3, 64, 128), (6, 128, 256), (8, 256, 256), (11, 256, 512)]
    places += [(place, 512, 512) for place in (13, 16, 18)]
    found: Shapes = {}
    for place, inputs, outputs in places:
        found |= conv(f"features.{place}", inputs, outputs, 3, bias=True)
    sizes = [(0, 512 * 7 * 7, 4096), (3, 4096, 4096), (6, 4096, classes)]
    for place, inputs, outputs in sizes:
        found |= linear(f"classifier.{place}", inputs, outputs)
    return found


def mobilenet_v2(classes: int) -> Shapes:
    found = conv_bn("features.0", 3, 32, 3)
    found |= conv_bn("features.1.conv.0", 32, 32, 3, 32)
    found |= conv("features.1.conv.1", 32, 16, 1) | batch_norm("features.1.conv.2", 16)
    inputs, place = 16, 2
    for outputs, count in ((24, 2), (32, 3), (64, 4), (96, 3), (160, 3), (320, 1)):
        for _ in range(count):
            name, wide = f"features.{place}.conv", inputs * 6
            found |= conv_bn(f"{name}.0", inputs, wide, 1) | conv_bn(f"{name}.1", wide, wide, 3, wide)
            found |= conv(f"{name}.2", wide, outputs, 1) | batch_norm(f"{name}.3", outputs)
            inputs, place = outputs, place + 1
    return found | conv_bn("features.18", 320, 1280, 1) | linear("classifier.1", 1280, classes)


def excitation(name: str, channels: int, squeezed: int) -> Shapes:
    """``SqueezeExcitation``."""
    return conv(f"{name}.fc1", channels, squeezed, 1, bias=True) | conv(f"{name}.fc2", squeezed, channels, 1, bias=True)


def efficientnet_b0(classes: int) -> Shapes:
    found = conv_bn("features.0", 3, 32, 3)
    name = "features.1.0.block"
    found |= conv_bn(f"{name}.0", 32, 32, 3, 32) | excitation(f"{name}.1", 32, 8) | conv_bn(f"{name}.2", 32, 16, 1)
    inputs = 16
    stages = ((3, 24, 2), (5, 40, 2), (3, 80, 3), (5, 112, 3), (5, 192, 4), (3, 320, 1))
    for stage, (kernel, outputs, count) in enumerate(stages, 2):
        for block in range(count):
            name, wide = f"features.{stage}.{block}.block", inputs * 6
            found |= conv_bn(f"{name}.0", inputs, wide, 1) | conv_bn(f"{name}.1", wide, wide, kernel, wide)
            found |= excitation(f"{name}.2", wide, inputs // 4) | conv_bn(f"{name}.3", wide, outputs, 1)
            inputs = outputs
    return found | conv_bn("features.8", 320, 1280, 1) | linear("classifier.1", 1280, classes)


def densenet121(classes: int) -> Shapes:
    found = conv("features.conv0", 3, 64, 7) | batch_norm("features.norm0", 64)
    channels = 64
    for block, count in enumerate((6, 12, 24, 16), 1):
        for layer in range(1, count + 1):
            name = f"features.denseblock{block}.denselayer{layer}"
            found |= batch_norm(f"{name}.norm1", channels) | conv(f"{name}.conv1", channels, 128, 1)
            found |= batch_norm(f"{name}.norm2", 128) | conv(f"{name}.conv2", 128, 32, 3)
            channels += 32
        if block < 4:
            name = f"features.transition{block}"
            found |= batch_norm(f"{name}.norm", channels) | conv(f"{name}.conv", channels, channels // 2, 1)
            channels //= 2
    return found | batch_norm("features.norm5", channels) | linear("classifier", channels, classes)


def convnext_tiny(classes: int) -> Shapes:
    found = conv("features.0.0", 3, 96, 4, bias=True) | norm("features.0.1", 96)
    for stage, count in enumerate((3, 3, 9, 3)):
        channels = 96 * 2**stage
        if stage:
            found |= norm(f"features.{2 * stage}.0", channels // 2)
            found |= conv(f"features.{2 * stage}.1", channels // 2, channels, 2, bias=True)
        for block in range(count):
            name = f"features.{2 * stage + 1}.{block}"
            found |= {f"{name}.layer_scale": (channels, 1, 1)}
            found |= conv(f"{name}.block.0", channels, channels, 7, channels, bias=True)
            found |= norm(f"{name}.block.2", channels) | linear(f"{name}.block.3", channels, 4 * channels)
            found |= linear(f"{name}.block.5", 4 * channels, channels)
    return found | norm("classifier.0", 768) | linear("classifier.2", 768, classes)


def vit_tiny(classes: int) -> Shapes:
    """``VisionTransformer`` of patches of 16, 12 layers, 3 heads and 192 features, for pictures of 224 × 224."""
    found: Shapes = {"class_token": (1, 1, 192), "encoder.pos_embedding": (1, 197, 192)}
    found |= conv("conv_proj", 3, 192, 16, bias=True)
    for layer in range(12):
        name = f"encoder.layers.encoder_layer_{layer}"
        found |= norm(f"{name}.ln_1", 192) | norm(f"{name}.ln_2", 192)
        found |= {f"{name}.self_attention.in_proj_weight": (576, 192), f"{name}.self_attention.in_proj_bias": (576,)}
        found |= linear(f"{name}.self_attention.out_proj", 192, 192)
        found |= linear(f"{name}.mlp.0", 192, 768) | linear(f"{name}.mlp.3", 768, 192)
    return found | norm("encoder.ln", 192) | linear("heads.head", 192, classes)


SHAPES: dict[str, Callable[[int], Shapes]] = {
    network.__name__: network
    for network in (
        *(resnet18_cifar, resnet18, resnet50, vgg11, mobilenet_v2, efficientnet_b0, densenet121, vit_tiny),
        convnext_tiny,
    )
}
"""For each preset its tensors in torchvision's names, by the number of classes."""
