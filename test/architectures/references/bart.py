"""Makes bart.jsonl: tiny BART, mBART and Marian models with the outputs of a forward pass written in PyTorch after transformers' modeling_bart.py,
modeling_mbart.py and modeling_marian.py, and a text that is written greedily.

Run: /usr/bin/python3 bart.py > bart.jsonl (needs torch and numpy). Weights are made as weights.py says.
"""

import json
import math

import numpy as np
import torch
import torch.nn.functional as F

from weights import made_of

VOCABULARY, WIDTH, POSITIONS, LABELS = 24, 16, 40, 3
GENERATION, CLASSIFICATION = "ForConditionalGeneration", "ForSequenceClassification"
SHARED, WAVES, OTHERS, BIAS = "shared table", "stored waves", "tables of their own", "bias of the tokens"
# Model type, class, layers of encoder and decoder, heads of both, inner widths of both, activation, scaled embeddings, dtype, what the file holds.
MODELS = [
    ("bart", "Bart" + GENERATION, (2, 2), (2, 4), (20, 28), "gelu", False, "F32", (SHARED, BIAS)),
    ("bart", "Bart" + GENERATION, (1, 2), (4, 2), (12, 20), "relu", True, "BF16", (BIAS,)),
    ("mbart", "MBart" + GENERATION, (2, 2), (4, 2), (20, 28), "gelu", True, "F32", (SHARED, BIAS)),
    ("mbart", "MBart" + GENERATION, (2, 1), (2, 2), (12, 12), "relu", False, "F16", (SHARED,)),
    ("marian", "MarianMTModel", (2, 2), (4, 2), (20, 28), "swish", True, "F32", (SHARED, BIAS)),
    ("marian", "MarianMTModel", (1, 2), (2, 2), (12, 20), "relu", True, "F16", (SHARED, WAVES, BIAS)),
    ("marian", "MarianMTModel", (1, 1), (2, 2), (12, 20), "swish", False, "F32", (OTHERS, BIAS)),
    ("bart", "Bart" + CLASSIFICATION, (2, 2), (2, 4), (20, 28), "gelu", False, "F32", (SHARED,)),
    ("bart", "Bart" + CLASSIFICATION, (1, 1), (4, 2), (12, 12), "gelu", True, "BF16", (SHARED,)),
]
ACTIVATIONS = {"gelu": F.gelu, "relu": F.relu, "swish": F.silu}


def shapes_of(config, holds):
    kind, decoded = config["model_type"], config.get("decoder_vocab_size", VOCABULARY)
    made = {}
    if SHARED in holds:
        made["model.shared.weight"] = [VOCABULARY, WIDTH]
    if OTHERS in holds:
        made["model.encoder.embed_tokens.weight"] = [VOCABULARY, WIDTH]

    def linear(name, outputs, inputs):
        made[name + ".weight"] = [outputs, inputs]
        made[name + ".bias"] = [outputs]

    def norm(name):
        made[name + ".weight"] = [WIDTH]
        made[name + ".bias"] = [WIDTH]

    for part in ("encoder", "decoder"):
        if part == "decoder" and SHARED not in holds:
            made["model.decoder.embed_tokens.weight"] = [decoded, WIDTH]
        if kind != "marian":
            made[f"model.{part}.embed_positions.weight"] = [POSITIONS + 2, WIDTH]
            norm(f"model.{part}.layernorm_embedding")
        elif WAVES in holds:
            made[f"model.{part}.embed_positions.weight"] = [POSITIONS, WIDTH]
        for index in range(config[part + "_layers"]):
            at = f"model.{part}.layers.{index}."
            for name in ("self_attn", "encoder_attn")[: 1 if part == "encoder" else 2]:
                for letter in ("k_proj", "v_proj", "q_proj", "out_proj"):
                    linear(f"{at}{name}.{letter}", WIDTH, WIDTH)
                norm(f"{at}{name}_layer_norm")
            linear(at + "fc1", config[part + "_ffn_dim"], WIDTH)
            linear(at + "fc2", WIDTH, config[part + "_ffn_dim"])
            norm(at + "final_layer_norm")
        if kind == "mbart":
            norm(f"model.{part}.layer_norm")
    if BIAS in holds:
        made["final_logits_bias"] = [1, decoded]
    if OTHERS in holds:
        made["lm_head.weight"] = [decoded, WIDTH]
    if config["architectures"][0].endswith(CLASSIFICATION):
        linear("classification_head.dense", WIDTH, WIDTH)
        linear("classification_head.out_proj", LABELS, WIDTH)
    return made


def waves():
    """MarianSinusoidalPositionalEmbedding.create_weight"""
    angles = np.array([[place / np.power(10000, 2 * (j // 2) / WIDTH) for j in range(WIDTH)] for place in range(POSITIONS)])
    table = torch.empty(POSITIONS, WIDTH)
    table[:, : WIDTH // 2] = torch.FloatTensor(np.sin(angles[:, 0::2]))
    table[:, WIDTH // 2 :] = torch.FloatTensor(np.cos(angles[:, 1::2]))
    return table


def forward(config, w, ids, mask, answer):
    """Hidden states of the encoder, and of the decoder."""
    kind, active, lowest = config["model_type"], ACTIVATIONS[config["activation_function"]], torch.finfo(torch.float32).min
    before = kind == "mbart"

    def linear(x, name):
        return F.linear(x, w[name + ".weight"], w[name + ".bias"])

    def norm(x, name):
        return F.layer_norm(x, (WIDTH,), w[name + ".weight"], w[name + ".bias"], 1e-5)

    def around(x, name, work):
        """A part of a layer, between which and its input lies a residual connection."""
        return x + work(norm(x, name)) if before else norm(x + work(x), name)

    def attention(name, x, source, bias, heads):
        def split(y):
            return y.view(y.shape[0], y.shape[1], heads, WIDTH // heads).transpose(1, 2)

        q, k, v = split(linear(x, name + ".q_proj")), split(linear(source, name + ".k_proj")), split(linear(source, name + ".v_proj"))
        mixed = F.softmax(q @ k.transpose(2, 3) * (WIDTH // heads) ** -0.5 + bias, -1) @ v
        return linear(mixed.transpose(1, 2).reshape(x.shape), name + ".out_proj")

    def embed(part, tokens):
        table = w.get("model.shared.weight", w.get(f"model.{part}.embed_tokens.weight", w.get("model.decoder.embed_tokens.weight")))
        x = F.embedding(tokens, table) * (math.sqrt(WIDTH) if config["scale_embedding"] else 1.0)
        places, name = torch.arange(tokens.shape[1]), f"model.{part}.embed_positions.weight"
        x = x + F.embedding(places + (0 if kind == "marian" else 2), w[name] if name in w else waves())
        return x if kind == "marian" else norm(x, f"model.{part}.layernorm_embedding")

    def run(part, x, bias, states, padding):
        heads = config[part + "_attention_heads"]
        for index in range(config[part + "_layers"]):
            at = f"model.{part}.layers.{index}."
            x = around(x, at + "self_attn_layer_norm", lambda y: attention(at + "self_attn", y, y, bias, heads))
            if part == "decoder":
                x = around(x, at + "encoder_attn_layer_norm", lambda y: attention(at + "encoder_attn", y, states, padding, heads))
            x = around(x, at + "final_layer_norm", lambda y: linear(active(linear(y, at + "fc1")), at + "fc2"))
        return norm(x, f"model.{part}.layer_norm") if before else x

    padding = (1 - mask[:, None, None, :].float()) * lowest
    states = run("encoder", embed("encoder", ids), padding, None, None)
    length = answer.shape[1]
    ahead = torch.where(torch.tril(torch.ones(length, length)).bool(), 0.0, lowest)
    return states, run("decoder", embed("decoder", answer), ahead, states, padding)


def scores_of(w, x):
    names = ("lm_head.weight", "model.shared.weight", "model.decoder.embed_tokens.weight")
    return F.linear(x, next(w[name] for name in names if name in w)) + w.get("final_logits_bias", 0)


def numbers(tensor):
    return [float(f"{value:.8g}") for value in tensor.flatten().tolist()]


def answer(config, shapes, seed):
    """What a model is given and gives: ids, mask, outputs, and what it writes greedily."""
    w = {key: torch.from_numpy(value) for key, value in made_of(shapes, seed).items()}
    # The second text is shorter.
    ids = torch.randint(3, VOCABULARY, (2, 9), generator=torch.Generator().manual_seed(seed))
    mask = torch.ones_like(ids)
    mask[1, -4:] = 0
    ids[0, -1] = ids[1, -5] = 2
    ids[1, -4:] = 1
    start = torch.full((2, 1), config["decoder_start_token_id"])
    with torch.no_grad():
        if config["architectures"][0].endswith(CLASSIFICATION):
            _, x = forward(config, w, ids, mask, torch.cat([start, ids[:, :-1]], 1))
            state = x[ids == config["eos_token_id"]].view(2, -1, WIDTH)[:, -1]
            dense = torch.tanh(F.linear(state, w["classification_head.dense.weight"], w["classification_head.dense.bias"]))
            return ids, mask, {"logits": F.linear(dense, w["classification_head.out_proj.weight"], w["classification_head.out_proj.bias"])}, {}
        written = start
        for _ in range(20):
            _, x = forward(config, w, ids, mask, written)
            written = torch.cat([written, scores_of(w, x)[:, -1:].argmax(-1)], 1)
        states, x = forward(config, w, ids, mask, written)
        return ids, mask, {"last_hidden_state": states, "logits": scores_of(w, x)}, {"written": written.tolist()}


def main():
    for index, (kind, name, layers, heads, inner, activation, scaled, dtype, holds) in enumerate(MODELS):
        config = {
            "model_type": kind, "architectures": [name], "vocab_size": VOCABULARY, "d_model": WIDTH, "max_position_embeddings": POSITIONS,
            "encoder_layers": layers[0], "decoder_layers": layers[1], "encoder_attention_heads": heads[0], "decoder_attention_heads": heads[1],
            "encoder_ffn_dim": inner[0], "decoder_ffn_dim": inner[1], "activation_function": activation, "scale_embedding": scaled,
            "is_encoder_decoder": True, "decoder_start_token_id": 2, "eos_token_id": 2, "pad_token_id": 1, "bos_token_id": 0,
        }
        if OTHERS in holds:
            config.update(share_encoder_decoder_embeddings=False, decoder_vocab_size=20)
        if name.endswith(CLASSIFICATION):
            config["id2label"] = {str(i): f"label {i}" for i in range(LABELS)}
        shapes = shapes_of(config, holds)
        # The first of some models that writes more than a word or two.
        for seed in range(701 + 100 * index, 801 + 100 * index):
            ids, mask, outputs, more = answer(config, shapes, seed)
            if len(set(more.get("written", [range(5)])[0])) >= 5:
                break
        what = [activation, f"{layers[0]} and {layers[1]} layers", *(["scaled"] if scaled else []), *holds]
        print(json.dumps({
            "name": f"{name}, {dtype}, {', '.join(what)}", "config": config, "dtype": dtype, "seed": seed, "tensors": shapes,
            "inputs": {"input_ids": ids.tolist(), "attention_mask": mask.tolist()}, "every": 1,
            "outputs": {key: numbers(value) for key, value in outputs.items()}, **more,
        }, separators=(",", ":")))


if __name__ == "__main__":
    main()
