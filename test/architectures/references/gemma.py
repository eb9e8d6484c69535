"""Makes gemma.jsonl: tiny Gemma and Gemma 2 models with the logits of a forward pass written in PyTorch after transformers'
modeling_{gemma,gemma2}.py (releases 4.38 to 5), for the texts of writers.py.

Run: /usr/bin/python3 gemma.py > gemma.jsonl (needs torch and numpy). Weights are made as weights.py says.
"""

import json

import torch
import torch.nn.functional as F

from writers import causal_bias, rms, rotate_half, tried

VOCABULARY, WIDTH, LAYERS, HEADS, INNER, POSITIONS = 24, 16, 2, 4, 20, 64
CLASSES = {"gemma": "GemmaForCausalLM", "gemma2": "Gemma2ForCausalLM"}
# Model type, heads of keys and values, width of a head, bias of attention, tied, dtype, other keys of config.json.
MODELS = [
    ("gemma", 4, 4, False, True, "F32", {"hidden_act": "gelu", "hidden_activation": None}),
    ("gemma", 1, 8, False, True, "BF16", {"hidden_act": "gelu_pytorch_tanh", "hidden_activation": "gelu_pytorch_tanh"}),
    ("gemma", 2, 4, True, False, "F16", {"hidden_act": "gelu", "hidden_activation": "gelu"}),
    ("gemma2", 2, 4, False, True, "F32", {"query_pre_attn_scalar": 8, "attn_logit_softcapping": 2.0, "final_logit_softcapping": 5.0}),
    ("gemma2", 1, 4, False, True, "BF16", {"query_pre_attn_scalar": 24, "attn_logit_softcapping": 50.0, "final_logit_softcapping": 30.0}),
    ("gemma2", 4, 4, True, True, "F32", {"query_pre_attn_scalar": 4, "attn_logit_softcapping": None, "final_logit_softcapping": None}),
]


def shapes_of(kind, shared, each, bias, tied):
    made = {"model.embed_tokens.weight": [VOCABULARY, WIDTH]}
    norms = ["input_layernorm", "post_attention_layernorm"]
    if kind == "gemma2":
        norms += ["pre_feedforward_layernorm", "post_feedforward_layernorm"]
    for layer in range(LAYERS):
        at = f"model.layers.{layer}."
        for norm in norms:
            made[at + norm + ".weight"] = [WIDTH]
        for name, outputs, inputs in [("q", HEADS * each, WIDTH), ("k", shared * each, WIDTH), ("v", shared * each, WIDTH), ("o", WIDTH, HEADS * each)]:
            made[f"{at}self_attn.{name}_proj.weight"] = [outputs, inputs]
            if bias:
                made[f"{at}self_attn.{name}_proj.bias"] = [outputs]
        made[at + "mlp.gate_proj.weight"] = [INNER, WIDTH]
        made[at + "mlp.up_proj.weight"] = [INNER, WIDTH]
        made[at + "mlp.down_proj.weight"] = [WIDTH, INNER]
    made["model.norm.weight"] = [WIDTH]
    if not tied:
        made["lm_head.weight"] = [VOCABULARY, WIDTH]
    return made


def gelu(x, config):
    name = config.get("hidden_activation") or "gelu_pytorch_tanh"
    return F.gelu(x, approximate="tanh" if name == "gelu_pytorch_tanh" else "none")


def forward(config, w, ids, mask, positions):
    heads, shared, each = config["num_attention_heads"], config["num_key_value_heads"], config["head_dim"]
    second = config["model_type"] == "gemma2"
    scaling = (config["query_pre_attn_scalar"] if second else each) ** -0.5
    attention_cap, logit_cap = (config["attn_logit_softcapping"], config["final_logit_softcapping"]) if second else (None, None)

    def linear(x, name):
        return F.linear(x, w[name + ".weight"], w.get(name + ".bias"))

    def norm(x, name):
        return rms(x, config["rms_norm_eps"]) * (1.0 + w[name + ".weight"])

    x = F.embedding(ids, w["model.embed_tokens.weight"]) * torch.tensor(config["hidden_size"] ** 0.5)
    batch, length, _ = x.shape
    inv_freq = 1.0 / (config["rope_theta"] ** (torch.arange(0, each, 2, dtype=torch.int64).float() / each))
    angles = positions[:, :, None].float() * inv_freq[None, None]
    both = torch.cat((angles, angles), -1)[:, None]
    cos, sin = both.cos(), both.sin()
    bias = causal_bias(length, mask)
    for layer in range(config["num_hidden_layers"]):
        at = f"model.layers.{layer}."
        state = norm(x, at + "input_layernorm")
        q = linear(state, at + "self_attn.q_proj").view(batch, length, heads, each).transpose(1, 2)
        k = linear(state, at + "self_attn.k_proj").view(batch, length, shared, each).transpose(1, 2)
        v = linear(state, at + "self_attn.v_proj").view(batch, length, shared, each).transpose(1, 2)
        q, k = q * cos + rotate_half(q) * sin, k * cos + rotate_half(k) * sin
        k, v = k.repeat_interleave(heads // shared, 1), v.repeat_interleave(heads // shared, 1)
        scores = q @ k.transpose(2, 3) * scaling
        if attention_cap is not None:
            scores = torch.tanh(scores / attention_cap) * attention_cap
        mixed = (F.softmax(scores + bias, -1) @ v).transpose(1, 2).reshape(batch, length, heads * each)
        out = linear(mixed, at + "self_attn.o_proj")
        x = x + (norm(out, at + "post_attention_layernorm") if second else out)
        state = norm(x, at + ("pre_feedforward_layernorm" if second else "post_attention_layernorm"))
        out = linear(gelu(linear(state, at + "mlp.gate_proj"), config) * linear(state, at + "mlp.up_proj"), at + "mlp.down_proj")
        x = x + (norm(out, at + "post_feedforward_layernorm") if second else out)
    logits = F.linear(norm(x, "model.norm"), w.get("lm_head.weight", w["model.embed_tokens.weight"]))
    return logits if logit_cap is None else torch.tanh(logits / logit_cap) * logit_cap


def main():
    for seed, (kind, shared, each, bias, tied, dtype, more) in enumerate(MODELS, 601):
        config = {
            "model_type": kind, "architectures": [CLASSES[kind]], "vocab_size": VOCABULARY, "hidden_size": WIDTH, "num_hidden_layers": LAYERS,
            "num_attention_heads": HEADS, "num_key_value_heads": shared, "head_dim": each, "intermediate_size": INNER, "attention_bias": bias,
            "attention_dropout": 0.0, "max_position_embeddings": POSITIONS, "rms_norm_eps": 1e-6, "rope_theta": 10000.0, "pad_token_id": 0,
            "bos_token_id": 2, "eos_token_id": 1, **more,
        }
        if kind == "gemma2":
            config.update(hidden_act="gelu_pytorch_tanh", hidden_activation="gelu_pytorch_tanh", sliding_window=32, cache_implementation="hybrid")
        if not tied:
            config["tie_word_embeddings"] = False
        caps = f", caps {more['attn_logit_softcapping']} and {more['final_logit_softcapping']}" if kind == "gemma2" else ""
        name = f"{kind}, {dtype}, {HEADS} heads over {shared} of width {each}{', biases' if bias else ''}{'' if tied else ', untied'}{caps}"
        print(json.dumps(tried(name, config, dtype, seed, shapes_of(kind, shared, each, bias, tied), forward), separators=(",", ":")))


if __name__ == "__main__":
    main()
