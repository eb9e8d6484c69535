"""Makes t5.jsonl: tiny T5 and mT5 models with the outputs of a forward pass written in PyTorch after transformers' modeling_t5.py, and a text that is
written greedily.

Run: /usr/bin/python3 t5.py > t5.jsonl (needs torch and numpy). Weights are made as weights.py says.
"""

import json
import math

import torch
import torch.nn.functional as F

from weights import made_of

VOCABULARY, WIDTH, HEADS, EACH, INNER, BUCKETS = 24, 16, 2, 4, 20, 8
# Model type, projection, tied, layers of encoder and decoder, farthest distance, tokens to read, dtype.
MODELS = [
    ("t5", "relu", True, 2, 2, 16, 30, "F32"),
    ("t5", "gated-gelu", False, 1, 2, 32, 9, "F32"),
    ("mt5", "gated-gelu", False, 2, 1, 16, 9, "BF16"),
    ("t5", "gated-silu", True, 1, 1, 16, 9, "F16"),
]
GATES = {"relu": F.relu, "gated-gelu": lambda x: F.gelu(x, approximate="tanh"), "gated-silu": F.silu}


def shapes_of(projection, tied, encoder, decoder):
    made = {"shared.weight": [VOCABULARY, WIDTH]}
    inside = HEADS * EACH
    for part, layers in (("encoder", encoder), ("decoder", decoder)):
        # A copy of the table of words, as transformers saved it.
        made[part + ".embed_tokens.weight"] = [VOCABULARY, WIDTH]
        for index in range(layers):
            at = f"{part}.block.{index}.layer."
            names = ["0.SelfAttention"] + (["1.EncDecAttention"] if part == "decoder" else [])
            for name in names:
                for letter in "qkv":
                    made[f"{at}{name}.{letter}.weight"] = [inside, WIDTH]
                made[f"{at}{name}.o.weight"] = [WIDTH, inside]
            if index == 0:
                made[at + "0.SelfAttention.relative_attention_bias.weight"] = [BUCKETS, HEADS]
            last = len(names)
            for name in ["wi"] if projection == "relu" else ["wi_0", "wi_1"]:
                made[f"{at}{last}.DenseReluDense.{name}.weight"] = [INNER, WIDTH]
            made[f"{at}{last}.DenseReluDense.wo.weight"] = [WIDTH, INNER]
            for layer in range(last + 1):
                made[f"{at}{layer}.layer_norm.weight"] = [WIDTH]
        made[part + ".final_layer_norm.weight"] = [WIDTH]
    if not tied:
        made["lm_head.weight"] = [VOCABULARY, WIDTH]
    return made


def bucket(relative, both, farthest):
    """T5Attention._relative_position_bucket"""
    buckets, result = BUCKETS, 0
    if both:
        buckets //= 2
        result = (relative > 0).long() * buckets
        relative = relative.abs()
    else:
        relative = -torch.min(relative, torch.zeros_like(relative))
    exact = buckets // 2
    large = exact + (torch.log(relative.float() / exact) / math.log(farthest / exact) * (buckets - exact)).long()
    large = torch.min(large, torch.full_like(large, buckets - 1))
    return result + torch.where(relative < exact, relative, large)


def forward(config, layers, w, ids, mask, answer):
    """Hidden states of the encoder, logits of the decoder."""
    projection, farthest, tied = config["feed_forward_proj"], config["relative_attention_max_distance"], config["tie_word_embeddings"]

    def norm(x, name):
        return w[name + ".weight"] * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + config["layer_norm_epsilon"]))

    def linear(x, name):
        return F.linear(x, w[name + ".weight"])

    def split(y):
        return y.view(y.shape[0], y.shape[1], HEADS, EACH).transpose(1, 2)

    def attention(name, x, source, bias):
        scores = split(linear(x, name + ".q")) @ split(linear(source, name + ".k")).transpose(-1, -2) + bias
        mixed = F.softmax(scores, -1) @ split(linear(source, name + ".v"))
        return linear(mixed.transpose(1, 2).reshape(x.shape[0], x.shape[1], HEADS * EACH), name + ".o")

    def feed_forward(name, x):
        if projection == "relu":
            return linear(F.relu(linear(x, name + ".wi")), name + ".wo")
        return linear(GATES[projection](linear(x, name + ".wi_0")) * linear(x, name + ".wi_1"), name + ".wo")

    def positions(part, length):
        place = torch.arange(length)
        buckets = bucket(place[None] - place[:, None], part == "encoder", farthest)
        return F.embedding(buckets, w[part + ".block.0.layer.0.SelfAttention.relative_attention_bias.weight"]).permute(2, 0, 1)[None]

    lowest = torch.finfo(torch.float32).min
    padding = (1 - mask[:, None, None, :].float()) * lowest
    x = F.embedding(ids, w["shared.weight"])
    bias = positions("encoder", ids.shape[1]) + padding
    for index in range(layers[0]):
        at = f"encoder.block.{index}.layer."
        state = norm(x, at + "0.layer_norm")
        x = x + attention(at + "0.SelfAttention", state, state, bias)
        x = x + feed_forward(at + "1.DenseReluDense", norm(x, at + "1.layer_norm"))
    states = norm(x, "encoder.final_layer_norm")
    length = answer.shape[1]
    x = F.embedding(answer, w["shared.weight"])
    bias = positions("decoder", length) + torch.where(torch.tril(torch.ones(length, length)).bool(), 0.0, lowest)
    for index in range(layers[1]):
        at = f"decoder.block.{index}.layer."
        state = norm(x, at + "0.layer_norm")
        x = x + attention(at + "0.SelfAttention", state, state, bias)
        x = x + attention(at + "1.EncDecAttention", norm(x, at + "1.layer_norm"), states, padding)
        x = x + feed_forward(at + "2.DenseReluDense", norm(x, at + "2.layer_norm"))
    x = norm(x, "decoder.final_layer_norm")
    return states, F.linear(x * WIDTH**-0.5 if tied else x, w["shared.weight" if tied else "lm_head.weight"])


def numbers(tensor):
    return [float(f"{value:.8g}") for value in tensor.flatten().tolist()]


def main():
    for seed, (kind, projection, tied, encoder, decoder, farthest, length, dtype) in enumerate(MODELS, 501):
        config = {
            "model_type": kind, "architectures": [{"t5": "T5", "mt5": "MT5"}[kind] + "ForConditionalGeneration"], "vocab_size": VOCABULARY,
            "d_model": WIDTH, "d_kv": EACH, "d_ff": INNER, "num_layers": encoder, "num_decoder_layers": decoder, "num_heads": HEADS,
            "relative_attention_num_buckets": BUCKETS, "relative_attention_max_distance": farthest, "feed_forward_proj": projection,
            "layer_norm_epsilon": 1e-6, "tie_word_embeddings": tied, "is_encoder_decoder": True, "decoder_start_token_id": 0, "eos_token_id": 1, "pad_token_id": 0,
        }
        shapes = shapes_of(projection, tied, encoder, decoder)
        w = {name: torch.from_numpy(value) for name, value in made_of(shapes, seed).items()}
        # The second text is shorter.
        ids = torch.randint(3, VOCABULARY, (2, length), generator=torch.Generator().manual_seed(seed))
        mask = torch.ones_like(ids)
        mask[1, -4:] = 0
        ids[1, -4:] = 0
        written = torch.zeros(2, 1).long()
        with torch.no_grad():
            for _ in range(20):
                _, scores = forward(config, (encoder, decoder), w, ids, mask, written)
                written = torch.cat([written, scores[:, -1:].argmax(-1)], 1)
            states, scores = forward(config, (encoder, decoder), w, ids, mask, written)
        # What the encoder makes of padding nobody reads.
        print(json.dumps({
            "name": f"{kind}, {dtype}, {projection}{', tied' if tied else ''}, {encoder} and {decoder} layers",
            "config": config, "dtype": dtype, "seed": seed, "tensors": shapes,
            "inputs": {"input_ids": ids.tolist(), "attention_mask": mask.tolist()}, "every": 1,
            "outputs": {"last_hidden_state": numbers(states), "logits": numbers(scores)},
            "written": written.tolist(),
        }, separators=(",", ":")))


if __name__ == "__main__":
    main()
