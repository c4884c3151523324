"""A forecast in a few words: ``about 2 min · 640 MB · batches up to 2,048 fit``."""

from __future__ import annotations

import math

from runtime.forecast.costs import Forecast

UNITS = ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


def describe_forecast(forecast: Forecast) -> str:
    """The line that stands beside the button."""
    if not forecast.fits:
        need = f"it needs more than {tell_memory(forecast.memory)}, and " if forecast.memory else ""
        return f"It will not fit: {need}{tell_memory(forecast.room)} are free. {forecast.advice}"
    parts = [tell_time(forecast.seconds), tell_memory(forecast.memory), tell_batches(forecast)]
    return " · ".join(parts)


def tell_batches(forecast: Forecast) -> str:
    """Which batches have room."""
    if forecast.largest >= forecast.most:
        return f"batches up to all {forecast.most:,} samples fit"
    return f"batches up to {max(forecast.batch, round_down(forecast.largest)):,} fit"


def round_down(count: int) -> int:
    """The power of two below: what was foreseen from two batches is not known to the last row."""
    return 2 ** math.floor(math.log2(count)) if count > 0 else 0


def tell_time(seconds: float) -> str:
    """``about 20 s``, ``about 2 min``, ``about 3.5 h``."""
    if seconds < 1:
        return "less than a second"
    if seconds < 90:
        return f"about {seconds:.0f} s"
    if seconds < 90 * 60:
        return f"about {seconds / 60:.0f} min"
    return f"about {seconds / 3600:.1f} h" if seconds < 36 * 3600 else f"about {seconds / 86400:.1f} days"


def tell_memory(count: float) -> str:
    """``640 MB``, ``1.4 GB``."""
    for size, unit in UNITS:
        if count >= size:
            return f"{count / size:.{1 if count < 10 * size and size > 1e6 else 0}f} {unit}"
    return f"{count:.0f} B"
