"""The weights of the reference models, made from names, shapes and a seed; reference-models.ts makes the same ones."""

import numpy as np


def made_of(shapes, seed):
    """float32 arrays by name (int64 for position_ids), in multiples of 1/128 that bfloat16 and float16 hold exactly."""
    made = {}
    with np.errstate(over="ignore"):
        for order, (name, shape) in enumerate(shapes.items()):
            count = int(np.prod(shape))
            if name.endswith("position_ids"):
                made[name] = np.arange(count, dtype=np.int64).reshape(shape)
                continue
            x = np.arange(1, count + 1, dtype=np.uint32) * np.uint32(0x9E3779B9) + np.uint32((seed * 1_000_003 + order * 7919) % 2**32)
            x = (x ^ (x >> np.uint32(16))) * np.uint32(0x85EBCA6B)
            x = (x ^ (x >> np.uint32(13))) * np.uint32(0xC2B2AE35)
            x ^= x >> np.uint32(16)
            values = ((x >> np.uint32(25)).astype(np.float32) - 64) / 128
            # Norms scale by numbers around one.
            if name.lower().endswith("norm.weight"):
                values = np.floor(values * 64) / 128 + 1
            made[name] = values.astype(np.float32).reshape(shape)
    return made
