"""How networks are compiled: by torch.compile, each call as one graph of fixed shapes, with what was compiled kept on disk."""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import torch
from torch import nn

from runtime.data.home import open_folder

CACHE: Final = "TORCHINDUCTOR_CACHE_DIR"
MOST_BYTES: Final = 2 * 2**30
"""What was compiled is forgotten when it takes more than this."""
WHOLE: Final = "torch.compile cannot take it as one graph"


def find_cache() -> Path:
    """The folder of what was compiled before: one for each version of PyTorch."""
    folder = open_folder("compiled") / str(torch.__version__)
    folder.mkdir(exist_ok=True)
    return folder


def tidy_cache() -> None:
    """Forget what was compiled where it has grown too large."""
    if sum(file.stat().st_size for file in open_folder("compiled").rglob("*") if file.is_file()) > MOST_BYTES:
        shutil.rmtree(open_folder("compiled"), ignore_errors=True)


def compile_network(network: nn.Module) -> Callable[..., Any]:
    """The network's ``forward``, compiled at its first call. The network itself, and the names of its weights, stay as they are.

    Draws are PyTorch's own, so dropout takes the same numbers out as without.

    Args:
        network: one that is called with inputs of one form, in one mode.
    """
    options = {
        "fallback_random": True,
        "compile_threads": 1,
        "cpp.threads": torch.get_num_threads(),
    }
    compile_whole: Any = torch.compile  # whose overloads know fewer arguments than it takes
    compiled: Callable[..., Any] = compile_whole(
        network.forward, fullgraph=True, dynamic=False, options=options, recompile_limit=1, isolate_recompiles=True
    )
    return compiled


@contextmanager
def settled() -> Iterator[None]:
    """PyTorch's settings while something is compiled.

    The backward pass is compiled with the forward pass, so that whatever fails fails before a number is computed; and it can
    be taken twice, as training graphs with several losses do.
    """
    import torch._functorch.config as functorch

    settings: Any = functorch
    kept, os.environ[CACHE] = os.environ.get(CACHE), str(find_cache())
    try:
        with settings.patch(force_non_lazy_backward_lowering=True, donated_buffer=False), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        if kept is None:
            del os.environ[CACHE]
        else:
            os.environ[CACHE] = kept


def explain(error: BaseException) -> str:
    """Why something could not be compiled, as the end of a sentence."""
    names = {type(cause).__name__ for cause in list_causes(error)}
    if "InvalidCxxCompiler" in names:
        return "this computer has no C++ compiler, such as g++"
    if "Unsupported" in names:
        return f"{WHOLE} ({first_line(error)})"
    return f"torch.compile failed ({type(error).__name__}: {first_line(error)})"


def list_causes(error: BaseException) -> Iterator[BaseException]:
    """An error and what it came from."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = getattr(seen, "inner_exception", None) or seen.__cause__ or seen.__context__


def first_line(error: BaseException) -> str:
    """The beginning of what an error says."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0].rstrip(".")[:160] if lines else "no reason given"
