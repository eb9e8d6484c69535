"""Makes gpt2.jsonl: tiny GPT-2 models with the logits of a forward pass written in PyTorch after transformers' modeling_gpt2.py, for a whole
text, a batch padded on the left, and a text that is written greedily.

Run: /usr/bin/python3 gpt2.py > gpt2.jsonl (needs torch and numpy). Weights are made as weights.py says.
"""

import json

import torch
import torch.nn.functional as F

from weights import made_of

VOCABULARY, WIDTH, LAYERS, HEADS, POSITIONS = 24, 16, 2, 4, 32
ACTIVATIONS = {"gelu_new": lambda x: F.gelu(x, approximate="tanh"), "gelu": F.gelu, "relu": F.relu}
# Prefix of names, tied, width of the MLP (none: four times), activation, dtype.
MODELS = [
    ("transformer.", True, None, "gelu_new", "F32"),
    ("", True, 20, "gelu", "F32"),
    ("transformer.", False, 20, "relu", "F32"),
    ("transformer.", True, None, "gelu_new", "F16"),
    ("", True, 20, "gelu_new", "BF16"),
]


def shapes_of(prefix, tied, inner):
    made = {prefix + "wte.weight": [VOCABULARY, WIDTH], prefix + "wpe.weight": [POSITIONS, WIDTH]}

    def layer(name, inputs, outputs):
        made[name + ".weight"] = [inputs, outputs]
        made[name + ".bias"] = [outputs]

    def norm(name):
        made[name + ".weight"] = [WIDTH]
        made[name + ".bias"] = [WIDTH]

    for index in range(LAYERS):
        at = f"{prefix}h.{index}."
        norm(at + "ln_1")
        # A mask that old releases stored.
        made[at + "attn.bias"] = [1, 1, POSITIONS, POSITIONS]
        layer(at + "attn.c_attn", WIDTH, 3 * WIDTH)
        layer(at + "attn.c_proj", WIDTH, WIDTH)
        norm(at + "ln_2")
        layer(at + "mlp.c_fc", WIDTH, inner)
        layer(at + "mlp.c_proj", inner, WIDTH)
    norm(prefix + "ln_f")
    if not tied:
        made["lm_head.weight"] = [VOCABULARY, WIDTH]
    return made


def forward(prefix, config, w, ids, mask, positions):
    def conv(x, name):
        return x @ w[name + ".weight"] + w[name + ".bias"]

    def norm(x, name):
        return F.layer_norm(x, (WIDTH,), w[name + ".weight"], w[name + ".bias"], config["layer_norm_epsilon"])

    words = w[prefix + "wte.weight"]
    x = F.embedding(ids, words) + F.embedding(positions, w[prefix + "wpe.weight"])
    batch, length, _ = x.shape
    each = WIDTH // HEADS
    seen = torch.tril(torch.ones(length, length)).bool()[None, None] & mask[:, None, None, :].bool()
    bias = torch.where(seen, 0.0, torch.finfo(torch.float32).min)

    def split(y):
        return y.view(batch, length, HEADS, each).transpose(1, 2)

    for index in range(LAYERS):
        at = f"{prefix}h.{index}."
        q, k, v = (split(part) for part in conv(norm(x, at + "ln_1"), at + "attn.c_attn").split(WIDTH, -1))
        mixed = (F.softmax(q @ k.transpose(2, 3) / each**0.5 + bias, -1) @ v).transpose(1, 2).reshape(batch, length, WIDTH)
        x = x + conv(mixed, at + "attn.c_proj")
        hidden = ACTIVATIONS[config["activation_function"]](conv(norm(x, at + "ln_2"), at + "mlp.c_fc"))
        x = x + conv(hidden, at + "mlp.c_proj")
    return F.linear(norm(x, prefix + "ln_f"), w.get("lm_head.weight", words))


def numbers(tensor):
    return [float(f"{value:.8g}") for value in tensor.flatten().tolist()]


def main():
    for seed, (prefix, tied, inner, activation, dtype) in enumerate(MODELS, 301):
        config = {
            "model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "vocab_size": VOCABULARY, "n_embd": WIDTH, "n_layer": LAYERS, "n_head": HEADS,
            "n_inner": inner, "n_positions": POSITIONS, "n_ctx": POSITIONS, "activation_function": activation, "layer_norm_epsilon": 1e-5,
            "tie_word_embeddings": tied, "bos_token_id": 1, "eos_token_id": 2,
        }
        shapes = shapes_of(prefix, tied, inner or 4 * WIDTH)
        w = {name: torch.from_numpy(value) for name, value in made_of(shapes, seed).items()}
        length, padding = 13, 4
        ids = torch.randint(3, VOCABULARY, (1, length), generator=torch.Generator().manual_seed(seed))
        whole = torch.arange(length)[None]
        with torch.no_grad():
            alone = forward(prefix, config, w, ids, torch.ones(1, length), whole)
            both = torch.cat([ids, torch.cat([torch.zeros(1, padding).long(), ids[:, : length - padding]], 1)])
            mask = torch.ones(2, length).long()
            mask[1, :padding] = 0
            positions = (mask.cumsum(1) - 1).clamp(min=0)
            batch = forward(prefix, config, w, both, mask, positions)
            written = ids[:, :5]
            for _ in range(12):
                step = torch.arange(written.shape[1])[None]
                last = forward(prefix, config, w, written, torch.ones_like(written), step)[:, -1]
                written = torch.cat([written, last.argmax(-1)[None]], 1)
        print(json.dumps({
            "name": f"gpt2, {dtype}, {activation}{', tied' if tied else ''}{'' if prefix else ', names without prefix'}",
            "config": config, "dtype": dtype, "seed": seed, "tensors": shapes,
            "inputs": {"input_ids": ids.tolist(), "attention_mask": [[1] * length], "position_ids": whole.tolist()},
            "every": 1,
            "outputs": {"logits": numbers(alone)},
            "padded": {"input_ids": both.tolist(), "attention_mask": mask.tolist(), "position_ids": positions.tolist(), "padding": padding, "logits": numbers(batch[1, padding:])},
            "written": written[0].tolist(),
        }, separators=(",", ":")))


if __name__ == "__main__":
    main()
