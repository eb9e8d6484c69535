"""Makes whisper.jsonl: tiny Whisper models with the outputs of a forward pass written in PyTorch after transformers' modeling_whisper.py, and a text
that is written greedily.

Run: /usr/bin/python3 whisper.py > whisper.jsonl (needs torch and numpy). Weights are made as weights.py says.
"""

import json

import torch
import torch.nn.functional as F

from weights import made_of

VOCABULARY, WIDTH, BANDS, HEARD, WRITTEN = 24, 16, 6, 10, 32
TABLE, PROJECTION = "model.decoder.embed_tokens.weight", "proj_out.weight"
# Layers of encoder and decoder, heads of both, inner widths of both, activation, dtype, the names that the table of words has.
MODELS = [
    ((2, 2), (2, 4), (20, 28), "gelu", "F32", (TABLE, PROJECTION)),
    ((1, 2), (4, 2), (12, 20), "relu", "BF16", (TABLE,)),
    ((2, 1), (2, 2), (20, 12), "gelu_new", "F16", (PROJECTION,)),
]
ACTIVATIONS = {"gelu_new": lambda x: F.gelu(x, approximate="tanh"), "gelu": F.gelu, "relu": F.relu}


def shapes_of(config, tables):
    made = {name: [VOCABULARY, WIDTH] for name in tables}

    def linear(name, outputs, inputs, bias=True):
        made[name + ".weight"] = [outputs, inputs]
        if bias:
            made[name + ".bias"] = [outputs]

    def norm(name):
        made[name + ".weight"] = [WIDTH]
        made[name + ".bias"] = [WIDTH]

    for name, inputs in (("conv1", BANDS), ("conv2", WIDTH)):
        made[f"model.encoder.{name}.weight"] = [WIDTH, inputs, 3]
        made[f"model.encoder.{name}.bias"] = [WIDTH]
    for part in ("encoder", "decoder"):
        made[f"model.{part}.embed_positions.weight"] = [HEARD if part == "encoder" else WRITTEN, WIDTH]
        for index in range(config[part + "_layers"]):
            at = f"model.{part}.layers.{index}."
            for name in ("self_attn", "encoder_attn")[: 1 if part == "encoder" else 2]:
                for letter in ("k_proj", "v_proj", "q_proj", "out_proj"):
                    linear(f"{at}{name}.{letter}", WIDTH, WIDTH, letter != "k_proj")
                norm(f"{at}{name}_layer_norm")
            linear(at + "fc1", config[part + "_ffn_dim"], WIDTH)
            linear(at + "fc2", WIDTH, config[part + "_ffn_dim"])
            norm(at + "final_layer_norm")
        norm(f"model.{part}.layer_norm")
    return made


def forward(config, w, features, answer):
    """Hidden states of the encoder, logits of the decoder."""
    active, lowest = ACTIVATIONS[config["activation_function"]], torch.finfo(torch.float32).min

    def linear(x, name):
        return F.linear(x, w[name + ".weight"], w.get(name + ".bias"))

    def norm(x, name):
        return F.layer_norm(x, (WIDTH,), w[name + ".weight"], w[name + ".bias"], 1e-5)

    def attention(name, x, source, bias, heads):
        def split(y):
            return y.view(y.shape[0], y.shape[1], heads, WIDTH // heads).transpose(1, 2)

        # Whisper scales the queries alone.
        q = split(linear(x, name + ".q_proj") * (WIDTH // heads) ** -0.5)
        k, v = split(linear(source, name + ".k_proj")), split(linear(source, name + ".v_proj"))
        mixed = F.softmax(q @ k.transpose(2, 3) + bias, -1) @ v
        return linear(mixed.transpose(1, 2).reshape(x.shape), name + ".out_proj")

    def run(part, x, bias, states):
        heads = config[part + "_attention_heads"]
        for index in range(config[part + "_layers"]):
            at = f"model.{part}.layers.{index}."
            state = norm(x, at + "self_attn_layer_norm")
            x = x + attention(at + "self_attn", state, state, bias, heads)
            if part == "decoder":
                x = x + attention(at + "encoder_attn", norm(x, at + "encoder_attn_layer_norm"), states, 0, heads)
            x = x + linear(active(linear(norm(x, at + "final_layer_norm"), at + "fc1")), at + "fc2")
        return norm(x, f"model.{part}.layer_norm")

    x = F.gelu(F.conv1d(features, w["model.encoder.conv1.weight"], w["model.encoder.conv1.bias"], padding=1))
    x = F.gelu(F.conv1d(x, w["model.encoder.conv2.weight"], w["model.encoder.conv2.bias"], stride=2, padding=1))
    states = run("encoder", x.permute(0, 2, 1) + w["model.encoder.embed_positions.weight"], 0, None)
    length, table = answer.shape[1], w[TABLE] if TABLE in w else w[PROJECTION]
    ahead = torch.where(torch.tril(torch.ones(length, length)).bool(), 0.0, lowest)
    x = run("decoder", F.embedding(answer, table) + w["model.decoder.embed_positions.weight"][:length], ahead, states)
    return states, F.linear(x, table)


def answer(config, w, features):
    with torch.no_grad():
        written = torch.full((2, 1), config["decoder_start_token_id"])
        for _ in range(20):
            _, scores = forward(config, w, features, written)
            written = torch.cat([written, scores[:, -1:].argmax(-1)], 1)
        return (*forward(config, w, features, written), written)


def numbers(tensor):
    return [float(f"{value:.8g}") for value in tensor.flatten().tolist()]


def main():
    # Every number is a multiple of 1/64, made from its place alone.
    features = ((torch.arange(2 * BANDS * HEARD * 2) * 37 % 127 - 63).float() / 64).view(2, BANDS, HEARD * 2)
    for index, (layers, heads, inner, activation, dtype, tables) in enumerate(MODELS):
        config = {
            "model_type": "whisper", "architectures": ["WhisperForConditionalGeneration"], "vocab_size": VOCABULARY, "d_model": WIDTH,
            "num_mel_bins": BANDS, "max_source_positions": HEARD, "max_target_positions": WRITTEN, "encoder_layers": layers[0],
            "decoder_layers": layers[1], "encoder_attention_heads": heads[0], "decoder_attention_heads": heads[1], "encoder_ffn_dim": inner[0],
            "decoder_ffn_dim": inner[1], "activation_function": activation, "scale_embedding": False, "is_encoder_decoder": True,
            "decoder_start_token_id": 2, "eos_token_id": 1, "pad_token_id": 1, "bos_token_id": 1,
        }
        shapes = shapes_of(config, tables)
        # The first of some models that writes more than a word or two.
        for seed in range(1801 + 100 * index, 1901 + 100 * index):
            w = {key: torch.from_numpy(value) for key, value in made_of(shapes, seed).items()}
            # One table under two names has the same numbers.
            w.pop(PROJECTION if TABLE in w else None, None)
            states, scores, written = answer(config, w, features)
            if len(set(written[0].tolist())) >= 5:
                break
        print(json.dumps({
            "name": f"{dtype}, {activation}, {layers[0]} and {layers[1]} layers, {' and '.join(tables)}",
            "config": config, "dtype": dtype, "seed": seed, "tensors": shapes, "inputs": {}, "features": list(features.shape), "every": 1,
            "outputs": {"last_hidden_state": numbers(states), "logits": numbers(scores)}, "written": written.tolist(),
        }, separators=(",", ":")))


if __name__ == "__main__":
    main()
