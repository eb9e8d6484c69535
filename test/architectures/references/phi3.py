"""Makes phi3.jsonl: tiny Phi-3 models with the logits of a forward pass written in PyTorch after transformers' modeling_phi3.py
(releases 4.41 to 5), for the texts of writers.py.

Run: /usr/bin/python3 phi3.py > phi3.jsonl (needs torch and numpy). Weights are made as weights.py says.
"""

import json
import math

import torch
import torch.nn.functional as F

from writers import causal_bias, rms, rotate_half, tried

VOCABULARY, LAYERS, HEADS, INNER = 24, 2, 4, 20


def long(turned, kind):
    return {
        "type": kind,
        "short_factor": [1 + 0.25 * index for index in range(turned // 2)],
        "long_factor": [2 + 3.5 * index for index in range(turned // 2)],
    }


# Width, heads of keys and values, tied, dtype, other keys of config.json.
MODELS = [
    (16, 4, False, "F32", {"max_position_embeddings": 64, "original_max_position_embeddings": 64, "rope_scaling": None, "sliding_window": 40}),
    (32, 2, True, "BF16", {"max_position_embeddings": 64, "original_max_position_embeddings": 64, "partial_rotary_factor": 0.75, "rope_scaling": None, "sliding_window": None}),
    (16, 2, False, "F32", {"max_position_embeddings": 512, "original_max_position_embeddings": 64, "rope_scaling": long(4, "longrope"), "sliding_window": 256}),
    (32, 1, True, "F16", {"max_position_embeddings": 1024, "original_max_position_embeddings": 32, "partial_rotary_factor": 0.5, "rope_scaling": long(4, "su")}),
]


def shapes_of(width, shared, tied):
    each = width // HEADS
    made = {"model.embed_tokens.weight": [VOCABULARY, width]}
    for layer in range(LAYERS):
        at = f"model.layers.{layer}."
        made[at + "self_attn.o_proj.weight"] = [width, HEADS * each]
        made[at + "self_attn.qkv_proj.weight"] = [(HEADS + 2 * shared) * each, width]
        made[at + "mlp.gate_up_proj.weight"] = [2 * INNER, width]
        made[at + "mlp.down_proj.weight"] = [width, INNER]
        made[at + "input_layernorm.weight"] = [width]
        made[at + "post_attention_layernorm.weight"] = [width]
    made["model.norm.weight"] = [width]
    if not tied:
        made["lm_head.weight"] = [VOCABULARY, width]
    return made


def rope(config, each, length):
    """Phi3RotaryEmbedding with _compute_longrope_parameters of modeling_rope_utils.py"""
    dim = int(each * config.get("partial_rotary_factor", 1.0))
    powers = torch.arange(0, dim, 2, dtype=torch.int64).float() / dim
    scaling = config.get("rope_scaling")
    if scaling is None:
        return 1.0 / config["rope_theta"] ** powers, 1.0
    trained = config["original_max_position_embeddings"]
    factor = config["max_position_embeddings"] / trained
    attention_factor = 1.0 if factor <= 1.0 else math.sqrt(1 + math.log(factor) / math.log(trained))
    factors = torch.tensor(scaling["long_factor" if length > trained else "short_factor"], dtype=torch.float32)
    return 1.0 / (factors * config["rope_theta"] ** powers), attention_factor


def forward(config, w, ids, mask, positions):
    heads, shared = config["num_attention_heads"], config["num_key_value_heads"]
    each = config["hidden_size"] // heads

    def linear(x, name):
        return F.linear(x, w[name + ".weight"])

    def norm(x, name):
        return w[name + ".weight"] * rms(x, config["rms_norm_eps"])

    x = F.embedding(ids, w["model.embed_tokens.weight"])
    batch, length, _ = x.shape
    inv_freq, attention_factor = rope(config, each, length)
    angles = positions[:, :, None].float() * inv_freq[None, None]
    both = torch.cat((angles, angles), -1)[:, None]
    cos, sin = both.cos() * attention_factor, both.sin() * attention_factor

    def turned(x):
        size = cos.shape[-1]
        first, rest = x[..., :size], x[..., size:]
        return torch.cat([first * cos + rotate_half(first) * sin, rest], -1)

    bias = causal_bias(length, mask)
    for layer in range(config["num_hidden_layers"]):
        at = f"model.layers.{layer}."
        qkv = linear(norm(x, at + "input_layernorm"), at + "self_attn.qkv_proj")
        end = heads * each
        q = qkv[..., :end].view(batch, length, heads, each).transpose(1, 2)
        k = qkv[..., end : end + shared * each].view(batch, length, shared, each).transpose(1, 2)
        v = qkv[..., end + shared * each :].view(batch, length, shared, each).transpose(1, 2)
        q, k = turned(q), turned(k)
        k, v = k.repeat_interleave(heads // shared, 1), v.repeat_interleave(heads // shared, 1)
        mixed = (F.softmax(q @ k.transpose(2, 3) * each**-0.5 + bias, -1) @ v).transpose(1, 2).reshape(batch, length, heads * each)
        x = x + linear(mixed, at + "self_attn.o_proj")
        gate, up = linear(norm(x, at + "post_attention_layernorm"), at + "mlp.gate_up_proj").chunk(2, -1)
        x = x + linear(up * F.silu(gate), at + "mlp.down_proj")
    return F.linear(norm(x, "model.norm"), w.get("lm_head.weight", w["model.embed_tokens.weight"]))


def main():
    for seed, (width, shared, tied, dtype, more) in enumerate(MODELS, 701):
        config = {
            "model_type": "phi3", "architectures": ["Phi3ForCausalLM"], "vocab_size": VOCABULARY, "hidden_size": width, "num_hidden_layers": LAYERS,
            "num_attention_heads": HEADS, "num_key_value_heads": shared, "intermediate_size": INNER, "hidden_act": "silu", "rms_norm_eps": 1e-5,
            "rope_theta": 10000.0, "tie_word_embeddings": tied, "attention_dropout": 0.0, "embd_pdrop": 0.0, "resid_pdrop": 0.0, "bos_token_id": 1,
            "eos_token_id": 2, "pad_token_id": 2, **more,
        }
        scaling = more.get("rope_scaling")
        part = f", {more['partial_rotary_factor']} turned" if "partial_rotary_factor" in more else ""
        name = f"phi3, {dtype}, {HEADS} heads over {shared} of width {width // HEADS}{', tied' if tied else ''}{part}{'' if scaling is None else ', positions ' + scaling['type']}"
        print(json.dumps(tried(name, config, dtype, seed, shapes_of(width, shared, tied), forward), separators=(",", ":")))


if __name__ == "__main__":
    main()
