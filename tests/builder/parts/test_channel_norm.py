from __future__ import annotations

import torch

from builder.parts.channel_norm import LayerNorm2d


def test_the_channels_of_every_pixel_have_mean_0_and_deviation_1() -> None:
    torch.manual_seed(0)
    output = LayerNorm2d(32)(torch.randn(2, 32, 3, 4) * 5 + 2)
    assert output.shape == (2, 32, 3, 4)
    torch.testing.assert_close(output.mean(1), torch.zeros(2, 3, 4), atol=1e-5, rtol=0)
    torch.testing.assert_close(output.var(1, unbiased=False), torch.ones(2, 3, 4), atol=1e-4, rtol=0)


def test_scale_and_shift_are_those_of_a_channel() -> None:
    norm = LayerNorm2d(3)
    with torch.no_grad():
        norm.weight.zero_()
        norm.bias.copy_(torch.tensor([1.0, 2.0, 3.0]))
    assert torch.equal(norm(torch.randn(1, 3, 2, 2)), torch.tensor([1.0, 2.0, 3.0]).view(1, 3, 1, 1).expand(1, 3, 2, 2))
