"""Makes wav2vec2.jsonl: tiny Wav2Vec2 and HuBERT models with the outputs of a forward pass written in PyTorch after transformers'
modeling_wav2vec2.py and modeling_hubert.py.

Run: /usr/bin/python3 wav2vec2.py > wav2vec2.jsonl (needs torch and numpy). Weights are made as weights.py says.
"""

import json

import torch
import torch.nn.functional as F

from weights import made_of

WIDTH, LAYERS, HEADS, INNER, VOCABULARY, LABELS, PROJECTED, SAMPLES = 16, 2, 4, 24, 11, 3, 6, 400
CHANNELS, KERNELS, STRIDES = [8, 12, 8], [10, 3, 2], [5, 2, 2]
OLD, NEW = ("weight_g", "weight_v"), ("parametrizations.weight.original0", "parametrizations.weight.original1")
# Model type, head, norm of the convolutions, their bias, normalizes first, names of the positions, their kernel and groups, dtype, and what else there is.
MODELS = [
    ("wav2vec2", "ForCTC", "group", False, False, OLD, 16, 4, "F32", {}),
    ("wav2vec2", "ForCTC", "layer", True, True, NEW, 16, 4, "F32", {}),
    ("wav2vec2", "ForCTC", "group", True, True, NEW, 7, 2, "F16", {"feat_extract_activation": "gelu_new", "hidden_act": "relu"}),
    ("wav2vec2", "ForCTC", "layer", False, False, OLD, 8, 16, "BF16", {}),
    ("wav2vec2", "ForCTC", "layer", True, True, OLD, 16, 4, "F32", {"adapter_attn_dim": 4}),
    ("wav2vec2", "ForSequenceClassification", "group", False, False, OLD, 16, 4, "F32", {}),
    ("wav2vec2", "ForSequenceClassification", "group", False, False, NEW, 16, 4, "BF16", {"use_weighted_layer_sum": True}),
    ("wav2vec2", "ForSequenceClassification", "layer", True, True, NEW, 16, 4, "F32", {"use_weighted_layer_sum": True}),
    ("hubert", "ForCTC", "layer", True, True, OLD, 16, 4, "F32", {}),
    ("hubert", "ForCTC", "group", False, False, NEW, 16, 4, "F16", {}),
    ("hubert", "ForSequenceClassification", "group", False, False, OLD, 16, 4, "F32", {"feat_proj_layer_norm": False}),
    ("hubert", "ForSequenceClassification", "layer", True, True, NEW, 16, 4, "BF16", {"use_weighted_layer_sum": True}),
]
ACTIVATIONS = {"gelu_new": lambda x: F.gelu(x, approximate="tanh"), "gelu": F.gelu, "relu": F.relu}


def shapes_of(config, spelling):
    base, positions = config["model_type"] + ".", config["num_conv_pos_embeddings"]
    made = {base + "masked_spec_embed": [WIDTH]}

    def linear(name, outputs, inputs):
        made[name + ".weight"] = [outputs, inputs]
        made[name + ".bias"] = [outputs]

    def norm(name, width):
        made[name + ".weight"] = [width]
        made[name + ".bias"] = [width]

    for index, (channels, kernel) in enumerate(zip(CHANNELS, KERNELS)):
        at = f"{base}feature_extractor.conv_layers.{index}."
        made[at + "conv.weight"] = [channels, ([1] + CHANNELS)[index], kernel]
        if config["conv_bias"]:
            made[at + "conv.bias"] = [channels]
        if index == 0 or config["feat_extract_norm"] == "layer":
            norm(at + "layer_norm", channels)
    if config.get("feat_proj_layer_norm", True):
        norm(base + "feature_projection.layer_norm", CHANNELS[-1])
    linear(base + "feature_projection.projection", WIDTH, CHANNELS[-1])
    at = base + "encoder.pos_conv_embed.conv."
    made[at + "bias"] = [WIDTH]
    made[at + spelling[0]] = [1, 1, positions]
    made[at + spelling[1]] = [WIDTH, WIDTH // config["num_conv_pos_embedding_groups"], positions]
    norm(base + "encoder.layer_norm", WIDTH)
    for index in range(LAYERS):
        at = f"{base}encoder.layers.{index}."
        for name in ("k_proj", "v_proj", "q_proj", "out_proj"):
            linear(at + "attention." + name, WIDTH, WIDTH)
        norm(at + "layer_norm", WIDTH)
        linear(at + "feed_forward.intermediate_dense", INNER, WIDTH)
        linear(at + "feed_forward.output_dense", WIDTH, INNER)
        norm(at + "final_layer_norm", WIDTH)
        if config.get("adapter_attn_dim"):
            norm(at + "adapter_layer.norm", WIDTH)
            linear(at + "adapter_layer.linear_1", config["adapter_attn_dim"], WIDTH)
            linear(at + "adapter_layer.linear_2", WIDTH, config["adapter_attn_dim"])
    if config["architectures"][0].endswith("ForCTC"):
        linear("lm_head", VOCABULARY, WIDTH)
    else:
        if config.get("use_weighted_layer_sum"):
            made["layer_weights"] = [LAYERS + 1]
        linear("projector", PROJECTED, WIDTH)
        linear("classifier", LABELS, PROJECTED)
    return made


def forward(config, spelling, w, samples):
    base, positions = config["model_type"] + ".", config["num_conv_pos_embeddings"]
    outside, inside = (ACTIVATIONS[config[key]] for key in ("feat_extract_activation", "hidden_act"))

    def linear(x, name):
        return F.linear(x, w[name + ".weight"], w[name + ".bias"])

    def norm(x, name):
        return F.layer_norm(x, x.shape[-1:], w[name + ".weight"], w[name + ".bias"], 1e-5)

    def split(y):
        return y.view(y.shape[0], y.shape[1], HEADS, WIDTH // HEADS).transpose(1, 2)

    def attention(x, at):
        q, k, v = (split(linear(x, at + name)) for name in ("q_proj", "k_proj", "v_proj"))
        mixed = F.softmax(q * (WIDTH // HEADS) ** -0.5 @ k.transpose(2, 3), -1) @ v
        return linear(mixed.transpose(1, 2).reshape(x.shape), at + "out_proj")

    def feed_forward(x, at):
        return linear(inside(linear(x, at + "intermediate_dense")), at + "output_dense")

    x = samples[:, None]
    for index, stride in enumerate(STRIDES):
        at = f"{base}feature_extractor.conv_layers.{index}."
        x = F.conv1d(x, w[at + "conv.weight"], w.get(at + "conv.bias"), stride=stride)
        if config["feat_extract_norm"] == "layer":
            x = norm(x.transpose(1, 2), at + "layer_norm").transpose(1, 2)
        elif index == 0:
            x = F.group_norm(x, CHANNELS[0], w[at + "layer_norm.weight"], w[at + "layer_norm.bias"])
        x = outside(x)
    x = x.transpose(1, 2)
    if config.get("feat_proj_layer_norm", True):
        x = norm(x, base + "feature_projection.layer_norm")
    x = linear(x, base + "feature_projection.projection")
    at = base + "encoder.pos_conv_embed.conv."
    kernel = torch._weight_norm(w[at + spelling[1]], w[at + spelling[0]], 2)
    around = F.conv1d(x.transpose(1, 2), kernel, w[at + "bias"], padding=positions // 2, groups=config["num_conv_pos_embedding_groups"])
    if positions % 2 == 0:
        around = around[:, :, :-1]
    x = x + outside(around).transpose(1, 2)
    stable = config["do_stable_layer_norm"]
    if not stable:
        x = norm(x, base + "encoder.layer_norm")
    states = []
    for index in range(LAYERS):
        states.append(x)
        at = f"{base}encoder.layers.{index}."
        if stable:
            x = x + attention(norm(x, at + "layer_norm"), at + "attention.")
            x = x + feed_forward(norm(x, at + "final_layer_norm"), at + "feed_forward.")
            if config.get("adapter_attn_dim"):
                narrow = F.relu(linear(norm(x, at + "adapter_layer.norm"), at + "adapter_layer.linear_1"))
                x = x + linear(narrow, at + "adapter_layer.linear_2")
        else:
            x = norm(x + attention(x, at + "attention."), at + "layer_norm")
            x = norm(x + feed_forward(x, at + "feed_forward."), at + "final_layer_norm")
    if stable:
        x = norm(x, base + "encoder.layer_norm")
    states.append(x)
    if "lm_head.weight" in w:
        return linear(x, "lm_head")
    if config.get("use_weighted_layer_sum"):
        x = (torch.stack(states, dim=1) * F.softmax(w["layer_weights"], -1).view(-1, 1, 1)).sum(dim=1)
    return linear(linear(x, "projector").mean(dim=1), "classifier")


def main():
    for seed, (kind, head, norm, bias, stable, spelling, positions, groups, dtype, more) in enumerate(MODELS, 601):
        name = {"wav2vec2": "Wav2Vec2", "hubert": "Hubert"}[kind] + head
        config = {
            "model_type": kind, "architectures": [name], "hidden_size": WIDTH, "num_hidden_layers": LAYERS, "num_attention_heads": HEADS,
            "intermediate_size": INNER, "conv_dim": CHANNELS, "conv_kernel": KERNELS, "conv_stride": STRIDES, "conv_bias": bias,
            "feat_extract_norm": norm, "feat_extract_activation": "gelu", "hidden_act": "gelu", "layer_norm_eps": 1e-5, "do_stable_layer_norm": stable,
            "num_conv_pos_embeddings": positions, "num_conv_pos_embedding_groups": groups, "classifier_proj_size": PROJECTED, "vocab_size": VOCABULARY,
            **more,
        }
        if head != "ForCTC":
            config["id2label"] = {str(i): f"label {i}" for i in range(LABELS)}
        shapes = shapes_of(config, spelling)
        w = {key: torch.from_numpy(value) for key, value in made_of(shapes, seed).items()}
        # Every sample is a multiple of 1/64, made from its place alone.
        samples = ((torch.arange(2 * SAMPLES) * 37 % 127 - 63).float() / 64).view(2, SAMPLES)
        with torch.no_grad():
            logits = forward(config, spelling, w, samples)
        what = ["normalizes first" if stable else "normalizes afterwards", f"{norm} norm", *(["old names"] if spelling is OLD else []), *more]
        print(json.dumps({
            "name": f"{name}, {dtype}, {', '.join(what)}", "config": config, "dtype": dtype, "seed": seed, "tensors": shapes,
            "inputs": {}, "samples": list(samples.shape), "every": 1,
            "outputs": {"logits": [float(f"{v:.8g}") for v in logits.flatten().tolist()]},
        }, separators=(",", ":")))


if __name__ == "__main__":
    main()
