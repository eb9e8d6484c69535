"""Makes albert.jsonl: tiny ALBERT models with the outputs of forward passes written in PyTorch after transformers' modeling_albert.py.

Run: /usr/bin/python3 albert.py > albert.jsonl (needs torch and numpy). Weights are made from names and shapes (weights.py).
"""

import json
import math

import torch
import torch.nn.functional as F

from weights import made_of

HEADS = ["Model", "ForSequenceClassification", "ForTokenClassification", "ForQuestionAnswering", "ForMaskedLM"]
ACTIVATIONS = {"gelu": F.gelu, "gelu_new": lambda x: F.gelu(x, approximate="tanh"), "relu": F.relu}
VOCABULARY, WIDTH, EMBEDDED, ATTENTION_HEADS, INNER, LABELS, POSITIONS = 24, 8, 6, 2, 12, 3, 16
# Layers, sets of weights, layers in a set.
PLANS = [(3, 1, 1), (4, 2, 1), (5, 2, 2)]


def shapes_of(head, prefix, groups, each, tied):
    made = {}

    def linear(name, outputs, inputs):
        made[name + ".weight"] = [outputs, inputs]
        made[name + ".bias"] = [outputs]

    def norm(name, width):
        made[name + ".weight"] = [width]
        made[name + ".bias"] = [width]

    at = prefix + "embeddings."
    made[at + "position_ids"] = [1, POSITIONS]
    made[at + "word_embeddings.weight"] = [VOCABULARY, EMBEDDED]
    made[at + "position_embeddings.weight"] = [POSITIONS, EMBEDDED]
    made[at + "token_type_embeddings.weight"] = [2, EMBEDDED]
    norm(at + "LayerNorm", EMBEDDED)
    linear(prefix + "encoder.embedding_hidden_mapping_in", WIDTH, EMBEDDED)
    for group in range(groups):
        for index in range(each):
            layer = f"{prefix}encoder.albert_layer_groups.{group}.albert_layers.{index}."
            # made_of takes names that end with norm.weight for norms, as these do.
            norm(layer + "full_layer_layer_norm", WIDTH)
            for name in ("query", "key", "value", "dense"):
                linear(layer + "attention." + name, WIDTH, WIDTH)
            norm(layer + "attention.LayerNorm", WIDTH)
            linear(layer + "ffn", INNER, WIDTH)
            linear(layer + "ffn_output", WIDTH, INNER)
    if head in ("Model", "ForSequenceClassification"):
        linear(prefix + "pooler", WIDTH, WIDTH)
    if head in ("ForSequenceClassification", "ForTokenClassification"):
        linear("classifier", LABELS, WIDTH)
    elif head == "ForQuestionAnswering":
        linear("qa_outputs", 2, WIDTH)
    elif head == "ForMaskedLM":
        made["predictions.bias"] = [VOCABULARY]
        norm("predictions.LayerNorm", EMBEDDED)
        linear("predictions.dense", EMBEDDED, WIDTH)
        if not tied:
            made["predictions.decoder.weight"] = [VOCABULARY, EMBEDDED]
    return made


def forward(head, prefix, w, config, ids, mask, types):
    def linear(x, name):
        return F.linear(x, w[name + ".weight"], w[name + ".bias"])

    def norm(x, name):
        return F.layer_norm(x, (x.shape[-1],), w[name + ".weight"], w[name + ".bias"], config["layer_norm_eps"])

    at = prefix + "embeddings."
    words = w[at + "word_embeddings.weight"]
    x = F.embedding(ids, words) + F.embedding(types, w[at + "token_type_embeddings.weight"])
    x = norm(x + w[at + "position_embeddings.weight"][: ids.shape[1]], at + "LayerNorm")
    x = linear(x, prefix + "encoder.embedding_hidden_mapping_in")
    batch, length, width = x.shape
    each = width // ATTENTION_HEADS
    bias = (1 - mask[:, None, None, :].float()) * torch.finfo(torch.float32).min
    activation = ACTIVATIONS[config["hidden_act"]]

    def split(y):
        return y.view(batch, length, ATTENTION_HEADS, each).transpose(1, 2)

    for number in range(config["num_hidden_layers"]):
        group = int(number / (config["num_hidden_layers"] / config["num_hidden_groups"]))
        for index in range(config["inner_group_num"]):
            layer = f"{prefix}encoder.albert_layer_groups.{group}.albert_layers.{index}."
            query, key, value = (split(linear(x, layer + "attention." + name)) for name in ("query", "key", "value"))
            shares = F.softmax(query @ key.transpose(-1, -2) / math.sqrt(each) + bias, -1)
            seen = (shares @ value).transpose(1, 2).flatten(2)
            y = norm(x + linear(seen, layer + "attention.dense"), layer + "attention.LayerNorm")
            x = norm(linear(activation(linear(y, layer + "ffn")), layer + "ffn_output") + y, layer + "full_layer_layer_norm")
    if head == "Model":
        return {"last_hidden_state": x}
    if head == "ForSequenceClassification":
        return {"logits": linear(torch.tanh(linear(x[:, 0], prefix + "pooler")), "classifier")}
    if head == "ForTokenClassification":
        return {"logits": linear(x, "classifier")}
    if head == "ForQuestionAnswering":
        both = linear(x, "qa_outputs")
        return {"start_logits": both[..., 0], "end_logits": both[..., 1]}
    hidden = norm(activation(linear(x, "predictions.dense")), "predictions.LayerNorm")
    return {"logits": F.linear(hidden, w.get("predictions.decoder.weight", words), w["predictions.bias"])}


def main():
    seed = 700
    for head in HEADS:
        for number, (layers, groups, each) in enumerate(PLANS):
            seed += 1
            config = {
                "model_type": "albert", "vocab_size": VOCABULARY, "embedding_size": EMBEDDED, "hidden_size": WIDTH, "num_hidden_layers": layers,
                "num_hidden_groups": groups, "inner_group_num": each, "num_attention_heads": ATTENTION_HEADS, "intermediate_size": INNER,
                "hidden_act": ("gelu_new", "gelu", "relu")[number], "max_position_embeddings": POSITIONS, "type_vocab_size": 2,
                "layer_norm_eps": 1e-12, "pad_token_id": 0, "architectures": ["Albert" + head],
            }
            if head in ("ForSequenceClassification", "ForTokenClassification"):
                config["id2label"] = {str(i): f"label {i}" for i in range(LABELS)}
            dtype = ("F32", "F16", "BF16")[seed % 3]
            prefix = "" if head == "Model" and number == 0 else "albert."
            shapes = shapes_of(head, prefix, groups, each, tied=number < 2)
            w = {key: torch.from_numpy(value) for key, value in made_of(shapes, seed).items()}
            generator = torch.Generator().manual_seed(seed)
            ids = torch.randint(3, VOCABULARY, (2, 9), generator=generator)
            mask = torch.ones_like(ids)
            mask[1, -3:] = 0
            ids[1, -3:] = 0
            types = torch.zeros_like(ids)
            types[:, 4:] = 1
            with torch.no_grad():
                outputs = forward(head, prefix, w, config, ids, mask, types)
            print(json.dumps({
                "name": f"albert {head}, {layers} layers of {groups} sets of {each}, {dtype}",
                "config": config,
                "dtype": dtype,
                "seed": seed,
                "tensors": shapes,
                "inputs": {"input_ids": ids.tolist(), "attention_mask": mask.tolist(), "token_type_ids": types.tolist()},
                "every": 1,
                "outputs": {key: [float(f"{v:.8g}") for v in value.flatten().tolist()] for key, value in outputs.items()},
            }, separators=(",", ":")))


if __name__ == "__main__":
    main()
