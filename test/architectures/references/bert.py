"""Makes bert.jsonl: tiny models of the BERT family with the outputs of forward passes written in PyTorch after transformers' modeling_*.py.

Run: /usr/bin/python3 bert.py > bert.jsonl (needs torch and numpy). Weights are not stored: both sides make them from names and shapes
(weights.py, reference-models.ts), in numbers that half precision holds exactly.
"""

import json
import math

import torch
import torch.nn.functional as F

from weights import made_of

FAMILIES = {
    "bert": ("Bert", "bert"),
    "roberta": ("Roberta", "roberta"),
    "xlm-roberta": ("XLMRoberta", "roberta"),
    "camembert": ("Camembert", "roberta"),
    "distilbert": ("DistilBert", "distilbert"),
    "electra": ("Electra", "electra"),
    "mpnet": ("MPNet", "mpnet"),
}
HEADS = ["Model", "ForSequenceClassification", "ForTokenClassification", "ForQuestionAnswering", "ForMaskedLM"]
ACTIVATIONS = {"gelu": F.gelu, "gelu_new": lambda x: F.gelu(x, approximate="tanh"), "relu": F.relu, "silu": F.silu}
OFFSET = ("roberta", "xlm-roberta", "camembert", "mpnet")
VOCABULARY, WIDTH, LAYERS, ATTENTION_HEADS, INNER, LABELS = 24, 8, 2, 2, 12, 3


def layer_names(kind, prefix, index):
    """Query, key, value, output, norm after attention, inner, outer, norm after all."""
    if kind == "distilbert":
        at = f"{prefix}transformer.layer.{index}."
        names = ["attention.q_lin", "attention.k_lin", "attention.v_lin", "attention.out_lin", "sa_layer_norm", "ffn.lin1", "ffn.lin2", "output_layer_norm"]
    elif kind == "mpnet":
        at = f"{prefix}encoder.layer.{index}."
        names = ["attention.attn.q", "attention.attn.k", "attention.attn.v", "attention.attn.o", "attention.LayerNorm", "intermediate.dense", "output.dense", "output.LayerNorm"]
    else:
        at = f"{prefix}encoder.layer.{index}."
        names = ["attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense", "attention.output.LayerNorm", "intermediate.dense", "output.dense", "output.LayerNorm"]
    return [at + name for name in names]


def vocabulary_head(kind):
    """Dense layer, norm, bias, table of tokens."""
    if kind == "bert":
        return "cls.predictions.transform.dense", "cls.predictions.transform.LayerNorm", "cls.predictions.bias", "cls.predictions.decoder.weight"
    if kind == "distilbert":
        return "vocab_transform", "vocab_layer_norm", "vocab_projector.bias", "vocab_projector.weight"
    if kind == "electra":
        return "generator_predictions.dense", "generator_predictions.LayerNorm", "generator_lm_head.bias", "generator_lm_head.weight"
    return "lm_head.dense", "lm_head.layer_norm", "lm_head.bias", "lm_head.decoder.weight"


def shapes_of(kind, head, prefix, positions, types, embedded, tied):
    """The tensors that transformers saves, with their shapes, in order."""
    made = {}

    def linear(name, outputs, inputs):
        made[name + ".weight"] = [outputs, inputs]
        made[name + ".bias"] = [outputs]

    def norm(name, width):
        made[name + ".weight"] = [width]
        made[name + ".bias"] = [width]

    at = prefix + "embeddings."
    if kind == "bert":
        made[at + "position_ids"] = [1, positions]
    made[at + "word_embeddings.weight"] = [VOCABULARY, embedded]
    made[at + "position_embeddings.weight"] = [positions, embedded]
    if kind not in ("mpnet", "distilbert"):
        made[at + "token_type_embeddings.weight"] = [types, embedded]
    norm(at + "LayerNorm", embedded)
    if embedded != WIDTH:
        linear(prefix + "embeddings_project", WIDTH, embedded)
    for index in range(LAYERS):
        query, key, value, output, norm_1, inner, outer, norm_2 = layer_names(kind, prefix, index)
        for name in (query, key, value, output):
            linear(name, WIDTH, WIDTH)
        norm(norm_1, WIDTH)
        linear(inner, INNER, WIDTH)
        linear(outer, WIDTH, INNER)
        norm(norm_2, WIDTH)
    if kind == "mpnet":
        made[prefix + "encoder.relative_attention_bias.weight"] = [32, ATTENTION_HEADS]
    pooler = kind == "bert" and head in ("Model", "ForSequenceClassification")
    # What other classes leave over, as checkpoints of the Hub have it.
    if pooler or (kind in ("roberta", "mpnet") and head == "Model"):
        linear(prefix + "pooler.dense", WIDTH, WIDTH)
    if head == "ForSequenceClassification":
        if kind == "bert":
            linear("classifier", LABELS, WIDTH)
        elif kind == "distilbert":
            linear("pre_classifier", WIDTH, WIDTH)
            linear("classifier", LABELS, WIDTH)
        else:
            linear("classifier.dense", WIDTH, WIDTH)
            linear("classifier.out_proj", LABELS, WIDTH)
    elif head == "ForTokenClassification":
        linear("classifier", LABELS, WIDTH)
    elif head == "ForQuestionAnswering":
        linear("qa_outputs", 2, WIDTH)
    elif head == "ForMaskedLM":
        dense, head_norm, bias, table = vocabulary_head(kind)
        linear(dense, embedded, WIDTH)
        norm(head_norm, embedded)
        made[bias] = [VOCABULARY]
        if not tied:
            made[table] = [VOCABULARY, embedded]
    return made


def relative_bucket(relative, buckets=32, farthest=128):
    """MPNetEncoder.relative_position_bucket"""
    n = -relative
    buckets //= 2
    result = (n < 0).long() * buckets
    n = n.abs()
    exact = buckets // 2
    large = exact + (torch.log(n.float() / exact) / math.log(farthest / exact) * (buckets - exact)).long()
    large = torch.min(large, torch.full_like(large, buckets - 1))
    return result + torch.where(n < exact, n, large)


def forward(kind, head, prefix, w, ids, mask, types, activation, epsilon):
    def linear(x, name):
        return F.linear(x, w[name + ".weight"], w[name + ".bias"])

    def norm(x, name, eps=epsilon):
        return F.layer_norm(x, (x.shape[-1],), w[name + ".weight"], w[name + ".bias"], eps)

    at = prefix + "embeddings."
    words = w[at + "word_embeddings.weight"]
    if kind in OFFSET:
        present = ids.ne(1).int()
        positions = (torch.cumsum(present, 1).type_as(present) * present).long() + 1
    else:
        positions = torch.arange(ids.shape[1])[None].expand_as(ids)
    x = F.embedding(ids, words) + F.embedding(positions, w[at + "position_embeddings.weight"])
    if kind in ("bert", "electra"):
        x = x + F.embedding(types, w[at + "token_type_embeddings.weight"])
    elif kind not in ("mpnet", "distilbert"):
        x = x + F.embedding(torch.zeros_like(ids), w[at + "token_type_embeddings.weight"])
    x = norm(x, at + "LayerNorm")
    if prefix + "embeddings_project.weight" in w:
        x = linear(x, prefix + "embeddings_project")
    batch, length, width = x.shape
    each = width // ATTENTION_HEADS
    bias = (1 - mask[:, None, None, :].float()) * torch.finfo(torch.float32).min
    if kind == "mpnet":
        place = torch.arange(length)
        buckets = relative_bucket(place[None] - place[:, None])
        bias = bias + F.embedding(buckets, w[prefix + "encoder.relative_attention_bias.weight"]).permute(2, 0, 1)[None]

    def split(y):
        return y.view(batch, length, ATTENTION_HEADS, each).transpose(1, 2)

    for index in range(LAYERS):
        query, key, value, output, norm_1, inner, outer, norm_2 = layer_names(kind, prefix, index)
        scores = split(linear(x, query)) @ split(linear(x, key)).transpose(-1, -2) / math.sqrt(each) + bias
        seen = (F.softmax(scores, -1) @ split(linear(x, value))).transpose(1, 2).reshape(batch, length, width)
        x = norm(linear(seen, output) + x, norm_1)
        x = norm(linear(ACTIVATIONS[activation](linear(x, inner)), outer) + x, norm_2)
    if head == "Model":
        return {"last_hidden_state": x}
    if head == "ForSequenceClassification":
        if kind == "bert":
            return {"logits": linear(torch.tanh(linear(x[:, 0], prefix + "pooler.dense")), "classifier")}
        if kind == "distilbert":
            return {"logits": linear(F.relu(linear(x[:, 0], "pre_classifier")), "classifier")}
        hidden = (F.gelu if kind == "electra" else torch.tanh)(linear(x[:, 0], "classifier.dense"))
        return {"logits": linear(hidden, "classifier.out_proj")}
    if head == "ForTokenClassification":
        return {"logits": linear(x, "classifier")}
    if head == "ForQuestionAnswering":
        both = linear(x, "qa_outputs")
        return {"start_logits": both[..., 0], "end_logits": both[..., 1]}
    dense, head_norm, bias, table = vocabulary_head(kind)
    hidden = (ACTIVATIONS[activation] if kind in ("bert", "distilbert") else F.gelu)(linear(x, dense))
    hidden = norm(hidden, head_norm)
    return {"logits": F.linear(hidden, w.get(table, words), w[bias])}


def config_of(kind, head, positions, types, embedded, activation, epsilon):
    name, _ = FAMILIES[kind]
    if kind == "distilbert":
        config = {"model_type": kind, "vocab_size": VOCABULARY, "dim": WIDTH, "n_layers": LAYERS, "n_heads": ATTENTION_HEADS, "hidden_dim": INNER, "activation": activation, "max_position_embeddings": positions, "pad_token_id": 0, "sinusoidal_pos_embds": False, "tie_weights_": True}
    else:
        config = {"model_type": kind, "vocab_size": VOCABULARY, "hidden_size": WIDTH, "num_hidden_layers": LAYERS, "num_attention_heads": ATTENTION_HEADS, "intermediate_size": INNER, "hidden_act": activation, "max_position_embeddings": positions, "layer_norm_eps": epsilon, "pad_token_id": 1 if kind in OFFSET else 0}
        if kind == "mpnet":
            config["relative_attention_num_buckets"] = 32
        else:
            config["type_vocab_size"] = types
        if kind == "electra":
            config["embedding_size"] = embedded
    config["architectures"] = [name + head]
    if head in ("ForSequenceClassification", "ForTokenClassification"):
        config["id2label"] = {str(i): f"label {i}" for i in range(LABELS)}
    return config


def main():
    seed = 0
    for kind, (_, base) in FAMILIES.items():
        for head in HEADS:
            for variant in (0, 1):
                seed += 1
                embedded = 4 if kind == "electra" else WIDTH
                # As far apart as MPNet tells distances apart, and farther.
                positions, length = (140, 135) if kind == "mpnet" and variant == 0 and head == "Model" else (16, 9)
                types = 2 if kind in ("bert", "electra") else 1
                activation = "gelu" if variant == 0 else "gelu_new"
                epsilon = 1e-12 if kind in ("bert", "electra", "distilbert") else 1e-5
                dtype = "F32" if variant == 0 else ("F16" if kind in ("roberta", "mpnet") else "BF16")
                prefix = "" if head == "Model" and variant == 0 else base + "."
                shapes = shapes_of(kind, head, prefix, positions, types, embedded, tied=variant == 0)
                w = {name: torch.from_numpy(value) for name, value in made_of(shapes, seed).items()}
                generator = torch.Generator().manual_seed(seed)
                ids = torch.randint(3, VOCABULARY, (2, length), generator=generator)
                mask = torch.ones_like(ids)
                mask[1, -3:] = 0
                ids[1, -3:] = 1 if kind in OFFSET else 0
                token_types = torch.zeros_like(ids)
                token_types[:, length // 2 :] = types - 1
                with torch.no_grad():
                    outputs = forward(kind, head, prefix, w, ids, mask, token_types, activation, epsilon)
                # A long text would fill the file with numbers that say no more.
                kept = {name: value[:, :: 9 if length > 100 else 1] for name, value in outputs.items()}
                print(json.dumps({
                    "name": f"{kind} {head}, {dtype}, {activation}{', long text' if length > 100 else ''}",
                    "config": config_of(kind, head, positions, types, embedded, activation, epsilon),
                    "dtype": dtype,
                    "seed": seed,
                    "tensors": shapes,
                    "inputs": {"input_ids": ids.tolist(), "attention_mask": mask.tolist(), "token_type_ids": token_types.tolist()},
                    "every": 9 if length > 100 else 1,
                    "outputs": {name: [float(f"{v:.8g}") for v in value.flatten().tolist()] for name, value in kept.items()},
                }, separators=(",", ":")))


if __name__ == "__main__":
    main()
