"""Writes the files beside it with PyTorch (1.13): python3 make.py"""

import collections
import json
import os
import sys

import torch

HERE = os.path.dirname(os.path.abspath(__file__))
REFERENCES = os.path.join(HERE, "..", "..", "architectures", "references")
sys.path.insert(0, REFERENCES)
from weights import made_of  # noqa: E402


def save(name, value, **more):
    torch.save(value, os.path.join(HERE, name), **more)


def state_dict():
    """Every type, and every way in which a tensor can lie in its storage."""
    grid = torch.arange(24, dtype=torch.float32).reshape(2, 3, 4)
    made = collections.OrderedDict()
    for dtype in ("float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool", "complex64"):
        made[dtype] = torch.tensor([0, 1]).to(getattr(torch, dtype))
    made["grid"] = grid
    made["tied"] = grid
    made["part"] = grid[1]
    made["turned"] = grid.permute(2, 0, 1)
    made["turned.with.ones"] = grid[0].t()[:, None]
    made["expanded"] = torch.arange(3).expand(2, 3)
    made["column"] = grid[:, :, 1]
    made["parameter"] = torch.nn.Parameter(grid[0, 0])
    made["number"] = torch.tensor(7.0)
    made["empty"] = torch.zeros(0, 3)
    # As `Module.state_dict` has it.
    made._metadata = collections.OrderedDict([("", {"version": 1})])
    return made


def reference(file, index, kind):
    with open(os.path.join(REFERENCES, file)) as lines:
        model = json.loads(lines.readlines()[index])
    made = collections.OrderedDict()
    for order, (name, value) in enumerate(made_of(model["tensors"], model["seed"]).items()):
        tensor = torch.from_numpy(value)
        # Checkpoints that were made from others keep the order of those; here, of every second matrix.
        if kind == "turned" and tensor.dim() == 2 and order % 2 == 0:
            tensor = tensor.t().contiguous().t()
        made[name] = tensor
    return made


def main():
    save("state-dict.bin", state_dict())
    save("plain-dict.bin", dict(state_dict()))
    save("protocol-4.bin", state_dict(), pickle_protocol=4)
    save("legacy.bin", {"a": torch.zeros(2)}, _use_new_zipfile_serialization=False)
    save("quantized.bin", {"a": torch.quantize_per_tensor(torch.zeros(2), 0.1, 0, torch.qint8)})
    save("nested.bin", {"state_dict": {"a": torch.zeros(2)}})
    save("numpy.bin", {"a": torch.zeros(2), "b": torch.zeros(2).numpy()})
    torch.jit.script(torch.nn.Linear(2, 2)).save(os.path.join(HERE, "script.bin"))
    save("bert.bin", reference("bert.jsonl", 0, "turned"))


if __name__ == "__main__":
    main()
