"""Makes vit.jsonl: tiny ViT and DeiT models with the outputs of a forward pass written in PyTorch after transformers' modeling_vit.py and
modeling_deit.py.

Run: /usr/bin/python3 vit.py > vit.jsonl (needs torch and numpy). Weights are made as weights.py says.
"""

import json

import torch
import torch.nn.functional as F

from weights import made_of

WIDTH, LAYERS, HEADS, INNER, CHANNELS, SIZE, LABELS = 8, 2, 2, 12, 3, 8, 3
# Model type, class without the name of the type, prefix of names, patch, bias of queries, activation, dtype.
MODELS = [
    ("vit", "ForImageClassification", "vit.", 4, True, "gelu", "F32"),
    ("vit", "ForImageClassification", "vit.", 3, False, "gelu_new", "F16"),
    ("vit", "Model", "", 4, True, "gelu", "F32"),
    ("vit", "Model", "vit.", 2, True, "relu", "BF16"),
    ("deit", "ForImageClassification", "deit.", 4, True, "gelu", "F32"),
    ("deit", "Model", "", 4, True, "gelu", "BF16"),
]
ACTIVATIONS = {"gelu_new": lambda x: F.gelu(x, approximate="tanh"), "gelu": F.gelu, "relu": F.relu}


def shapes_of(kind, head, prefix, patch, biased):
    tokens = 2 if kind == "deit" else 1
    made = {prefix + "embeddings.cls_token": [1, 1, WIDTH]}
    if kind == "deit":
        made[prefix + "embeddings.distillation_token"] = [1, 1, WIDTH]
    made[prefix + "embeddings.position_embeddings"] = [1, (SIZE // patch) ** 2 + tokens, WIDTH]
    made[prefix + "embeddings.patch_embeddings.projection.weight"] = [WIDTH, CHANNELS, patch, patch]
    made[prefix + "embeddings.patch_embeddings.projection.bias"] = [WIDTH]

    def linear(name, outputs, inputs, bias=True):
        made[name + ".weight"] = [outputs, inputs]
        if bias:
            made[name + ".bias"] = [outputs]

    def norm(name):
        made[name + ".weight"] = [WIDTH]
        made[name + ".bias"] = [WIDTH]

    for layer in range(LAYERS):
        at = f"{prefix}encoder.layer.{layer}."
        for name in ("query", "key", "value"):
            linear(at + "attention.attention." + name, WIDTH, WIDTH, biased)
        linear(at + "attention.output.dense", WIDTH, WIDTH)
        linear(at + "intermediate.dense", INNER, WIDTH)
        linear(at + "output.dense", WIDTH, INNER)
        norm(at + "layernorm_before")
        norm(at + "layernorm_after")
    norm(prefix + "layernorm")
    if head == "Model":
        linear(prefix + "pooler.dense", WIDTH, WIDTH)
    else:
        linear("classifier", LABELS, WIDTH)
    return made


def forward(kind, head, prefix, patch, activation, w, pixels):
    def linear(x, name):
        return F.linear(x, w[name + ".weight"], w.get(name + ".bias"))

    def norm(x, name):
        return F.layer_norm(x, (WIDTH,), w[name + ".weight"], w[name + ".bias"], 1e-12)

    at = prefix + "embeddings."
    patches = F.conv2d(pixels, w[at + "patch_embeddings.projection.weight"], w[at + "patch_embeddings.projection.bias"], stride=patch)
    x = patches.flatten(2).transpose(1, 2)
    batch = x.shape[0]
    before = [w[at + "cls_token"]] + ([w[at + "distillation_token"]] if kind == "deit" else [])
    x = torch.cat([token.expand(batch, -1, -1) for token in before] + [x], 1) + w[at + "position_embeddings"]
    length, each = x.shape[1], WIDTH // HEADS

    def split(y):
        return y.view(batch, length, HEADS, each).transpose(1, 2)

    for layer in range(LAYERS):
        at = f"{prefix}encoder.layer.{layer}."
        state = norm(x, at + "layernorm_before")
        q, k, v = (split(linear(state, at + "attention.attention." + name)) for name in ("query", "key", "value"))
        mixed = (F.softmax(q @ k.transpose(2, 3) / each**0.5, -1) @ v).transpose(1, 2).reshape(batch, length, WIDTH)
        x = x + linear(mixed, at + "attention.output.dense")
        hidden = ACTIVATIONS[activation](linear(norm(x, at + "layernorm_after"), at + "intermediate.dense"))
        x = x + linear(hidden, at + "output.dense")
    x = norm(x, prefix + "layernorm")
    return {"last_hidden_state": x} if head == "Model" else {"logits": linear(x[:, 0], "classifier")}


def main():
    for seed, (kind, head, prefix, patch, biased, activation, dtype) in enumerate(MODELS, 401):
        name = {"vit": "ViT", "deit": "DeiT"}[kind] + head
        config = {
            "model_type": kind, "architectures": [name], "hidden_size": WIDTH, "num_hidden_layers": LAYERS, "num_attention_heads": HEADS,
            "intermediate_size": INNER, "image_size": SIZE, "patch_size": patch, "num_channels": CHANNELS, "qkv_bias": biased,
            "hidden_act": activation, "layer_norm_eps": 1e-12,
        }
        if head != "Model":
            config["id2label"] = {str(i): f"label {i}" for i in range(LABELS)}
        shapes = shapes_of(kind, head, prefix, patch, biased)
        w = {key: torch.from_numpy(value) for key, value in made_of(shapes, seed).items()}
        # Every pixel is a multiple of 1/64, made from its place alone.
        count = 2 * CHANNELS * SIZE * SIZE
        pixels = ((torch.arange(count) * 37 % 127 - 63).float() / 64).view(2, CHANNELS, SIZE, SIZE)
        with torch.no_grad():
            outputs = forward(kind, head, prefix, patch, activation, w, pixels)
        print(json.dumps({
            "name": f"{name}, {dtype}, patches of {patch}, {activation}{'' if prefix else ', names without prefix'}",
            "config": config, "dtype": dtype, "seed": seed, "tensors": shapes,
            "inputs": {}, "pixels": list(pixels.shape), "every": 1,
            "outputs": {key: [float(f"{v:.8g}") for v in value.flatten().tolist()] for key, value in outputs.items()},
        }, separators=(",", ":")))


if __name__ == "__main__":
    main()
