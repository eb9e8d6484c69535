"""Makes llama.jsonl: tiny models of the Llama family with the logits of a forward pass written in PyTorch after transformers'
modeling_{llama,mistral,qwen2,qwen3}.py, for a whole text, a batch padded on the left, and a text that is written greedily.

Run: /usr/bin/python3 llama.py > llama.jsonl (needs torch and numpy). Weights are made as weights.py says.
"""

import json
import math

import torch
import torch.nn.functional as F

from weights import made_of

VOCABULARY, WIDTH, LAYERS, HEADS, INNER, POSITIONS = 24, 16, 2, 4, 20, 64
CLASSES = {"llama": "LlamaForCausalLM", "mistral": "MistralForCausalLM", "qwen2": "Qwen2ForCausalLM", "qwen3": "Qwen3ForCausalLM"}
LLAMA3 = {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 16}
# Model type, heads of keys and values, tied, bias of attention, bias of the MLP, scaling, dtype, width of a head.
MODELS = [
    ("llama", 4, True, False, False, None, "F32", 4),
    ("llama", 2, False, False, False, LLAMA3, "F32", 8),
    ("llama", 1, False, True, True, {"type": "linear", "factor": 2.0}, "F16", 4),
    ("llama", 2, False, False, False, {"rope_type": "dynamic", "factor": 2.0}, "BF16", 4),
    ("qwen2", 2, True, True, False, None, "F32", 4),
    ("qwen2", 2, False, True, False, None, "BF16", 8),
    ("qwen3", 2, True, False, False, None, "F32", 8),
    ("qwen3", 1, False, True, False, None, "BF16", 4),
    ("mistral", 2, False, False, False, None, "F32", 4),
    ("mistral", 4, False, False, False, None, "F16", 8),
]


def shapes_of(kind, shared, tied, bias, mlp_bias, each):
    made = {}

    def linear(name, outputs, inputs, biased):
        made[name + ".weight"] = [outputs, inputs]
        if biased:
            made[name + ".bias"] = [outputs]

    made["model.embed_tokens.weight"] = [VOCABULARY, WIDTH]
    for layer in range(LAYERS):
        at = f"model.layers.{layer}."
        made[at + "input_layernorm.weight"] = [WIDTH]
        made[at + "post_attention_layernorm.weight"] = [WIDTH]
        linear(at + "self_attn.q_proj", HEADS * each, WIDTH, bias)
        linear(at + "self_attn.k_proj", shared * each, WIDTH, bias)
        linear(at + "self_attn.v_proj", shared * each, WIDTH, bias)
        linear(at + "self_attn.o_proj", WIDTH, HEADS * each, bias and kind != "qwen2")
        if kind == "qwen3":
            made[at + "self_attn.q_norm.weight"] = [each]
            made[at + "self_attn.k_norm.weight"] = [each]
        linear(at + "mlp.gate_proj", INNER, WIDTH, mlp_bias)
        linear(at + "mlp.up_proj", INNER, WIDTH, mlp_bias)
        linear(at + "mlp.down_proj", WIDTH, INNER, mlp_bias)
    made["model.norm.weight"] = [WIDTH]
    if not tied:
        made["lm_head.weight"] = [VOCABULARY, WIDTH]
    return made


def frequencies(config, each):
    """ROPE_INIT_FUNCTIONS of modeling_rope_utils.py"""
    plain = 1.0 / (config["rope_theta"] ** (torch.arange(0, each, 2, dtype=torch.int64).float() / each))
    scaling = config.get("rope_scaling") or {}
    kind = scaling.get("rope_type", scaling.get("type", "default"))
    if kind == "linear":
        return plain / scaling["factor"]
    if kind != "llama3":
        return plain
    trained = scaling["original_max_position_embeddings"]
    low, high = trained / scaling["low_freq_factor"], trained / scaling["high_freq_factor"]
    length = 2 * math.pi / plain
    scaled = torch.where(length > low, plain / scaling["factor"], plain)
    smooth = (trained / length - scaling["low_freq_factor"]) / (scaling["high_freq_factor"] - scaling["low_freq_factor"])
    smoothed = (1 - smooth) * scaled / scaling["factor"] + smooth * scaled
    between = ~(length < high) * ~(length > low)
    return torch.where(between, smoothed, scaled)


def forward(config, w, ids, mask, positions):
    heads, shared, each, epsilon = config["num_attention_heads"], config["num_key_value_heads"], config["head_dim"], config["rms_norm_eps"]

    def linear(x, name):
        return F.linear(x, w[name + ".weight"], w.get(name + ".bias"))

    def norm(x, name):
        return w[name + ".weight"] * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + epsilon))

    def rotate_half(x):
        half = x.shape[-1] // 2
        return torch.cat((-x[..., half:], x[..., :half]), -1)

    x = F.embedding(ids, w["model.embed_tokens.weight"])
    batch, length, _ = x.shape
    angles = positions[:, :, None].float() * frequencies(config, each)[None, None]
    both = torch.cat((angles, angles), -1)[:, None]
    cos, sin = both.cos(), both.sin()
    seen = torch.tril(torch.ones(length, length)).bool()[None, None] & mask[:, None, None, :].bool()
    bias = torch.where(seen, 0.0, torch.finfo(torch.float32).min)
    for layer in range(LAYERS):
        at = f"model.layers.{layer}."
        state = norm(x, at + "input_layernorm")
        q = linear(state, at + "self_attn.q_proj").view(batch, length, heads, each)
        k = linear(state, at + "self_attn.k_proj").view(batch, length, shared, each)
        v = linear(state, at + "self_attn.v_proj").view(batch, length, shared, each).transpose(1, 2)
        if at + "self_attn.q_norm.weight" in w:
            q, k = norm(q, at + "self_attn.q_norm"), norm(k, at + "self_attn.k_norm")
        q, k = q.transpose(1, 2), k.transpose(1, 2)
        q, k = q * cos + rotate_half(q) * sin, k * cos + rotate_half(k) * sin
        k, v = k.repeat_interleave(heads // shared, 1), v.repeat_interleave(heads // shared, 1)
        mixed = (F.softmax(q @ k.transpose(2, 3) * each**-0.5 + bias, -1) @ v).transpose(1, 2).reshape(batch, length, heads * each)
        x = x + linear(mixed, at + "self_attn.o_proj")
        state = norm(x, at + "post_attention_layernorm")
        x = x + linear(F.silu(linear(state, at + "mlp.gate_proj")) * linear(state, at + "mlp.up_proj"), at + "mlp.down_proj")
    return F.linear(norm(x, "model.norm"), w.get("lm_head.weight", w["model.embed_tokens.weight"]))


def numbers(tensor):
    return [float(f"{value:.8g}") for value in tensor.flatten().tolist()]


def main():
    for seed, (kind, shared, tied, bias, mlp_bias, scaling, dtype, each) in enumerate(MODELS, 201):
        config = {
            "model_type": kind, "architectures": [CLASSES[kind]], "vocab_size": VOCABULARY, "hidden_size": WIDTH, "num_hidden_layers": LAYERS,
            "num_attention_heads": HEADS, "num_key_value_heads": shared, "head_dim": each, "intermediate_size": INNER, "hidden_act": "silu",
            "max_position_embeddings": POSITIONS, "rms_norm_eps": 1e-6, "tie_word_embeddings": tied, "bos_token_id": 1, "eos_token_id": 2,
            "rope_theta": 10000.0 if kind == "llama" else 1e6,
        }
        if kind in ("llama", "qwen3"):
            config["attention_bias"] = bias
        if kind == "llama":
            config["mlp_bias"] = mlp_bias
        if kind == "qwen2":
            config.update(use_sliding_window=False, sliding_window=32, max_window_layers=2)
        if kind == "mistral":
            config["sliding_window"] = 32
        if scaling is not None:
            config["rope_scaling"] = scaling
        shapes = shapes_of(kind, shared, tied, bias, mlp_bias, each)
        w = {name: torch.from_numpy(value) for name, value in made_of(shapes, seed).items()}
        length, padding = 13, 4
        ids = torch.randint(3, VOCABULARY, (1, length), generator=torch.Generator().manual_seed(seed))
        whole = torch.arange(length)[None]
        with torch.no_grad():
            alone = forward(config, w, ids, torch.ones(1, length), whole)
            # The second text of the batch is the same one, shorter, behind padding.
            both = torch.cat([ids, torch.cat([torch.zeros(1, padding).long(), ids[:, : length - padding]], 1)])
            mask = torch.ones(2, length).long()
            mask[1, :padding] = 0
            positions = (mask.cumsum(1) - 1).clamp(min=0)
            batch = forward(config, w, both, mask, positions)
            written = ids[:, :5]
            for _ in range(12):
                step = torch.arange(written.shape[1])[None]
                last = forward(config, w, written, torch.ones_like(written), step)[:, -1]
                written = torch.cat([written, last.argmax(-1)[None]], 1)
        scaled = "" if scaling is None else f", {scaling.get('rope_type', scaling.get('type'))} positions"
        print(json.dumps({
            "name": f"{kind}, {dtype}, {HEADS} heads over {shared} of width {each}{', tied' if tied else ''}{', biases' if bias else ''}{scaled}",
            "config": config, "dtype": dtype, "seed": seed, "tensors": shapes,
            "inputs": {"input_ids": ids.tolist(), "attention_mask": [[1] * length], "position_ids": whole.tolist()},
            "every": 1,
            "outputs": {"logits": numbers(alone)},
            "padded": {"input_ids": both.tolist(), "attention_mask": mask.tolist(), "position_ids": positions.tolist(), "padding": padding, "logits": numbers(batch[1, padding:])},
            "written": written[0].tolist(),
        }, separators=(",", ":")))


if __name__ == "__main__":
    main()
