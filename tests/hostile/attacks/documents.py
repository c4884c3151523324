"""Project and block files: code by name, nesting, twins, numbers, signs, sizes, and text that wants to become something else."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

Attacks = dict[str, dict[str, bytes | Callable[[Path], bytes]]]
Json = dict[str, Any]

SCRIPT = "<script>fetch('/api/projects')</script><img src=x onerror=alert(1)>"
BREAKOUT = (
    '"""\n\'\'\'\nimport os; os.system("touch CANARY")\n#\r\\"); __import__("os").system("touch CANARY") #\u2028\u2029'
)


def write(data: Any) -> bytes:
    return json.dumps(data).encode()


def chain(*nodes: Json, **more: Any) -> Json:
    """A project whose network is these nodes one after the other."""
    ends = [{"id": "x", "kind": "Input", "params": {"shape": [8]}}, *nodes, {"id": "y", "kind": "Output"}]
    names = [node["id"] for node in ends]
    edges = [{"source": a, "target": b} for a, b in pairwise(names)]
    return {"format": 1, "networks": {"model": {"nodes": ends, "edges": edges}}, "training": {}, **more}


def layer(kind: str, id: str = "a", **params: Any) -> Json:
    return {"id": id, "kind": kind, "params": params}


def block(**changes: Any) -> Json:
    """A block file around one network."""
    graph = chain()["networks"]["model"]
    return {"format": 1, "name": "evil", "title": "evil", "networks": {"evil": graph}, **changes}


def nest(depth: int, opening: str, closing: str, around: str = '{"format": 1, "about": %s}') -> bytes:
    return (around % (opening * depth + closing * depth)).encode()


def references(count: int) -> Json:
    """Parameters that name each other, twice each: 2**count once they were written out."""
    graph = chain(layer("Linear", out_features="$p0"))["networks"]["model"]
    graph["params"] = {f"p{i}": f"$p{i + 1} + $p{i + 1}" for i in range(count)} | {f"p{count}": 1}
    return {"format": 1, "networks": {"model": graph}, "training": {}}


def blocks_in_blocks(depth: int, width: int) -> Json:
    """Networks of which each uses the next one several times."""
    networks = {}
    for level in range(depth):
        inner = [{"id": f"b{i}", "kind": "Block", "params": {"network": f"n{level + 1}"}} for i in range(width)]
        networks["model" if level == 0 else f"n{level}"] = chain(*inner)["networks"]["model"]
    networks[f"n{depth}"] = chain(layer("ReLU"))["networks"]["model"]
    return {"format": 1, "networks": networks, "training": {}}


TWINS = b'{"format": 1, "networks": {}, "training": {}, "name": "a", "name": "b"}'

ATTACKS: Attacks = {
    "naming_code": {
        "class_key.json": write({**chain(), "__class__": "os.system"}),
        "target_key.json": write({**chain(), "_target_": "os.system", "_args_": ["touch CANARY"]}),
        "py_object.json": write({**chain(), "py/object": "subprocess.Popen", "py/reduce": ["touch CANARY"]}),
        "kind_os_system.json": write(chain(layer("os.system", command="touch CANARY"))),
        "kind_import_path.json": write(chain(layer("torch.hub.load", repo="evil/evil"))),
        "kind_dunder.json": write(chain(layer("__import__", name="canary_module"))),
        "param_class.json": write(chain(layer("Linear", __class__="os.system", out_features=3))),
        "param_expression.json": write(chain(layer("Linear", out_features="$__import__('os').system('touch CANARY')"))),
        "param_call.json": write(chain(layer("Linear", out_features="$features.__class__.__mro__"))),
        "device.json": write(chain(run={"device": "cpu; touch CANARY"})),
        "formula.json": write(
            {
                **chain(),
                "training": {"nodes": [layer("Formula", "f", formula="__import__('os').system('touch CANARY')")], "edges": []},
            }
        ),
        "id_dunder.json": write(chain(layer("ReLU", "__class__"), layer("ReLU", "__init__"))),
        "block_target.json": write(block(_target_="os.system")),
        "yaml.json": b"!!python/object/apply:os.system ['touch CANARY']\n",
        "module.py": b"import os\nos.system('touch CANARY')\nclass Net(nn.Module):\n    def forward(self, x): return eval('x')\n",
        "decorator.py": b"@__import__('os').system('touch CANARY')\nclass Net(nn.Module):\n    def forward(self, x): return x\n",
        "default.py": b"class Net(nn.Module):\n    def forward(self, x=__import__('os').system('touch CANARY')): return x\n",
    },
    "deep_nesting": {
        "lists.json": nest(100, "[", "]"),
        "lists_without_end.json": nest(500_000, "[", ""),
        "objects.json": nest(100_000, '{"a":', "", '{"format": 1, "about": %s'),
        "in_params.json": write(chain(layer("Linear", out_features=json.loads("[" * 90 + "]" * 90)))),
        "references.json": write(references(200)),
        "reference_cycle.json": write(chain(layer("Linear", out_features="$p0"), params={"p0": "$p0"})),
        "arithmetic.json": write(chain(layer("Linear", out_features="$" + "(" * 5000 + "1" + ")" * 5000))),
        "minuses.json": write(chain(layer("Linear", out_features="$" + "-" * 50_000 + "1"))),
        "blocks.json": write(blocks_in_blocks(30, 3)),
        "block_of_itself.json": write(block(networks={"evil": chain(layer("Block", network="evil"))["networks"]["model"]})),
        "parentheses.py": b"(" * 200_000,
    },
    "duplicate_keys": {
        "top.json": TWINS,
        "format.json": TWINS.replace(b'"name"', b'"format"'),
        "deep.json": write(chain()).replace(b'"id": "x"', b'"id": "x", "id": "y"'),
        "escaped.json": TWINS.replace(b'"name": "b"', b'"n\\u0061me": "b"'),
        "empty.json": b'{"": 1, "": 2}',
    },
    "numbers": {
        "nan.json": b'{"format": 1, "networks": {}, "training": {}, "about": {"x": NaN}}',
        "infinity.json": b'{"format": 1, "networks": {}, "training": {}, "about": {"x": -Infinity}}',
        "too_large.json": b'{"format": 1, "networks": {}, "training": {}, "about": {"x": 1e400}}',
        "digits.json": b'{"format": 1, "about": {"x": ' + b"9" * 100_000 + b"}}",
        "bits.json": write(chain(layer("Linear", out_features=2**64))),
        "negative_bits.json": write(chain(run={"seed": -(2**70)})),
        "position.json": write(chain()).replace(b'"id": "x"', b'"position": [1e309, 0], "id": "x"'),
        "power.json": write(chain(layer("Linear", out_features="$9 ** 9 ** 9 ** 9"))),
        "product.json": write(chain(layer("Linear", out_features="$" + " * ".join(["9" * 18] * 200)))),
        "by_zero.json": write(chain(layer("Linear", out_features="$1 // 0"))),
    },
    "unicode": {
        "surrogate.json": b'{"format": 1, "networks": {}, "training": {}, "name": "\\ud800"}',
        "surrogate_key.json": b'{"format": 1, "networks": {"\\udfff": {}}, "training": {}}',
        "latin.json": b'{"format": 1, "networks": {}, "training": {}, "name": "\xe9"}',
        "overlong.json": b'{"format": 1, "networks": {}, "training": {}, "name": "\xc0\xaf"}',
        "utf16.json": write(chain()).decode().encode("utf-16"),
        "nul_id.json": write(chain(layer("ReLU", "a\0b"))),
        "bidi_id.json": write(chain(layer("ReLU", "a\u202eb"))),
        "zero_width_id.json": write(chain(layer("ReLU", "relu"), layer("ReLU", "re\u200blu"))),
        "nfkc_twins.json": write(chain(layer("ReLU", "file"), layer("ReLU", "\ufb01le"))),
        "reserved_id.json": write(chain(layer("ReLU", "CON"), layer("ReLU", "forward"), layer("ReLU", "class"))),
        "wide.json": ('{"format": 1, "name": "' + "\U0001f600" * 3_000_000 + '"}').encode(),
        "bidi_name.json": write(chain(name="\u202egnp.exe\u2066", description="\u200b" * 1000)),
    },
    "shape_bomb": {
        "weights.json": write(chain(layer("Linear", out_features=10**6), layer("Linear", "b", out_features=10**6))),
        "features.json": write(chain(layer("Linear", out_features=10**12))),
        "kernel.json": write(chain(layer("Conv2d", out_channels=10**6, kernel_size=10**6))),
        "reshape.json": write(chain(layer("Reshape", shape=[10**9, 10**9]))),
        "axes.json": write(chain(layer("Reshape", shape=[1] * 5000))),
        "repeat.json": write(chain(layer("Block", network="inner", repeat=10**9))),
        "pad.json": write(chain(layer("ZeroPad2d", padding=[10**9] * 4))),
        "upsample.json": write(chain(layer("Upsample", scale_factor=10**9))),
        "input.json": write(chain()).replace(b"[8]", b"[1000000, 1000000, 1000000]"),
        "embedding.json": write(chain(layer("Embedding", num_embeddings=10**12, embedding_dim=10**6))),
        "lstm.json": write(chain(layer("LSTM", hidden_size=10**9, num_layers=10**6))),
        "nodes.json": write(chain(*(layer("ReLU", f"n{i}") for i in range(20_001)))),
        "links.json": write({**chain(), "training": {"edges": [{"source": "a", "target": "b"}] * 100_001}}),
        "values.json": b'{"format": 1, "networks": {}, "training": {}, "about": {"x": [' + b"{}," * 1_000_000 + b"{}]}}",
        "networks.json": write({"format": 1, "networks": {f"n{i}": {} for i in range(250_000)}, "training": {}}),
        "networks_in_limits.json": write({"format": 1, "networks": {f"n{i}": {} for i in range(500)}, "training": {}}),
        "notes.json": write({"format": 1, "networks": {"m": {"notes": [{}] * 200_000}}, "training": {}}),
        "uses.json": write(chain(*(layer("Block", f"b{i}", network="model") for i in range(300)))),
        "long_text.json": write(chain(name="x" * 10**6)),
    },
    "injection": {
        "names.json": write(chain(layer("ReLU", "relu"), name=SCRIPT, description=SCRIPT + BREAKOUT)),
        "notes.json": write(
            {
                **chain(),
                "networks": {
                    "model": {
                        **chain(layer("Linear", out_features=3))["networks"]["model"],
                        "notes": [{"text": BREAKOUT + SCRIPT}],
                        "frames": [{"title": BREAKOUT[:400]}],
                    }
                },
            }
        ),
        "network_name.json": write({"format": 1, "networks": {BREAKOUT: chain()["networks"]["model"]}, "training": {}}),
        "id.json": write(chain(layer("ReLU", "a;import os#"), layer("ReLU", "b\nimport os"))),
        "param.json": write(chain(layer("Linear", out_features=BREAKOUT, bias=SCRIPT))),
        "prototype.json": write({**chain(), "about": {"__proto__": {"polluted": 1}, "constructor": {"prototype": {}}}}),
        "block_title.json": write(block(title=SCRIPT, summary=BREAKOUT[:400])),
        "block_name.json": write(block(name="../../evil")),
        "origin.json": write(
            chain(data={"main": {"origins": [{"kind": "file", "name": "../../../../etc/passwd"}], "fields": {}}})
        ),
    },
}  # fmt: skip
