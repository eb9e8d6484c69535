"""What the scripts of models that write have in common: the texts that a forward pass is tried with."""

import torch

from weights import made_of


def numbers(tensor):
    return [float(f"{value:.8g}") for value in tensor.flatten().tolist()]


def rotate_half(x):
    half = x.shape[-1] // 2
    return torch.cat((-x[..., half:], x[..., :half]), -1)


def rms(x, epsilon):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + epsilon)


def causal_bias(length, mask):
    seen = torch.tril(torch.ones(length, length)).bool()[None, None] & mask[:, None, None, :].bool()
    return torch.where(seen, 0.0, torch.finfo(torch.float32).min)


def tried(name, config, dtype, seed, shapes, forward, length=13, padding=4, steps=12):
    """A reference model: a whole text, the same one shorter behind padding in a batch, and what is written greedily after five tokens."""
    w = {tensor: torch.from_numpy(value) for tensor, value in made_of(shapes, seed).items()}
    ids = torch.randint(3, config["vocab_size"], (1, length), generator=torch.Generator().manual_seed(seed))
    whole = torch.arange(length)[None]
    with torch.no_grad():
        alone = forward(config, w, ids, torch.ones(1, length), whole)
        both = torch.cat([ids, torch.cat([torch.zeros(1, padding).long(), ids[:, : length - padding]], 1)])
        mask = torch.ones(2, length).long()
        mask[1, :padding] = 0
        positions = (mask.cumsum(1) - 1).clamp(min=0)
        batch = forward(config, w, both, mask, positions)
        written = ids[:, :5]
        for _ in range(steps):
            step = torch.arange(written.shape[1])[None]
            last = forward(config, w, written, torch.ones_like(written), step)[:, -1]
            written = torch.cat([written, last.argmax(-1)[None]], 1)
    return {
        "name": name, "config": config, "dtype": dtype, "seed": seed, "tensors": shapes,
        "inputs": {"input_ids": ids.tolist(), "attention_mask": [[1] * length], "position_ids": whole.tolist()},
        "every": 1,
        "outputs": {"logits": numbers(alone)},
        "padded": {"input_ids": both.tolist(), "attention_mask": mask.tolist(), "position_ids": positions.tolist(), "padding": padding, "logits": numbers(batch[1, padding:])},
        "written": written[0].tolist(),
    }
