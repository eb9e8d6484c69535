"""Makes deberta.jsonl: tiny DeBERTa and DeBERTa-v2 models with the outputs of forward passes written in PyTorch after transformers'
modeling_deberta.py and modeling_deberta_v2.py.

Run: /usr/bin/python3 deberta.py > deberta.jsonl (needs torch and numpy). Weights are made from names and shapes (weights.py).
"""

import json
import math

import torch
import torch.nn.functional as F

from weights import made_of

CLASSES = {"deberta": "Deberta", "deberta-v2": "DebertaV2"}
HEADS = ["Model", "ForSequenceClassification", "ForTokenClassification", "ForQuestionAnswering", "ForMaskedLM"]
ACTIVATIONS = {"gelu": F.gelu, "gelu_new": lambda x: F.gelu(x, approximate="tanh"), "tanh": torch.tanh, "relu": F.relu}
VOCABULARY, WIDTH, LAYERS, ATTENTION_HEADS, INNER, LABELS = 24, 8, 2, 2, 12, 3

# Each adds to, or takes the place of, what a plain config has; v3 is what DeBERTa-v3 has.
V3 = {"relative_attention": True, "position_buckets": 8, "norm_rel_ebd": "layer_norm", "share_att_key": True, "pos_att_type": "p2c|c2p", "position_biased_input": False, "max_relative_positions": -1}
VARIANTS = {
    "deberta-v2": [
        ("as v3", V3),
        ("as v3, long text", {**V3, "max_position_embeddings": 40, "position_buckets": 10}),
        ("as v2 with a convolution", {**V3, "conv_kernel_size": 3, "conv_act": "gelu", "attention_head_size": 4}),
        ("layers for distances", {**V3, "share_att_key": False, "norm_rel_ebd": "none", "pos_att_type": ["c2p", "p2c"]}),
        ("without buckets", {**V3, "position_buckets": -1, "max_relative_positions": 5}),
        ("c2p alone, placed, typed", {**V3, "share_att_key": False, "pos_att_type": ["c2p"], "position_biased_input": True, "type_vocab_size": 2}),
        ("p2c alone, small embeddings", {**V3, "share_att_key": False, "pos_att_type": ["p2c"], "embedding_size": 6}),
        ("without distances", {"relative_attention": False, "type_vocab_size": 2, "hidden_act": "gelu_new", "pooler_hidden_act": "tanh"}),
        ("a convolution in groups", {**V3, "conv_kernel_size": 5, "conv_groups": 2}),
    ],
    "deberta": [
        ("as base", {"relative_attention": True, "pos_att_type": ["c2p", "p2c"], "position_biased_input": False, "max_relative_positions": -1}),
        ("short distances", {"relative_attention": True, "pos_att_type": "c2p|p2c", "max_relative_positions": 4, "type_vocab_size": 2}),
        ("c2p alone", {"relative_attention": True, "pos_att_type": ["c2p"], "position_biased_input": False}),
        ("without distances", {"relative_attention": False, "pooler_hidden_act": "relu"}),
    ],
}


def read(config):
    """What the classes make of a config, with their defaults."""
    kinds = config.get("pos_att_type") or []
    farthest = config.get("max_relative_positions", -1)
    if farthest < 1:
        farthest = config["max_position_embeddings"]
    buckets = config.get("position_buckets", -1)
    return {
        "kinds": [kind.strip() for kind in kinds.lower().split("|")] if isinstance(kinds, str) else kinds,
        "relative": config.get("relative_attention", False),
        "farthest": farthest,
        "buckets": buckets,
        "span": buckets if buckets > 0 else farthest,
        "placed": config.get("position_biased_input", True),
        "types": config.get("type_vocab_size", 0),
        "embedded": config.get("embedding_size", WIDTH),
        "shared": config.get("share_att_key", False),
        "normed": "layer_norm" in config.get("norm_rel_ebd", "none"),
        "kernel": config.get("conv_kernel_size", 0),
        "groups": config.get("conv_groups", 1),
    }


def shapes_of(kind, head, prefix, config):
    made = {}
    c = read(config)

    def linear(name, outputs, inputs, bias=True):
        made[name + ".weight"] = [outputs, inputs]
        if bias:
            made[name + ".bias"] = [outputs]

    def norm(name, width):
        made[name + ".weight"] = [width]
        made[name + ".bias"] = [width]

    at = prefix + "embeddings."
    made[at + "position_ids"] = [1, config["max_position_embeddings"]]
    made[at + "word_embeddings.weight"] = [VOCABULARY, c["embedded"]]
    if c["placed"]:
        made[at + "position_embeddings.weight"] = [config["max_position_embeddings"], c["embedded"]]
    if c["types"] > 0:
        made[at + "token_type_embeddings.weight"] = [c["types"], c["embedded"]]
    if c["embedded"] != WIDTH:
        linear(at + "embed_proj", WIDTH, c["embedded"], bias=False)
    norm(at + "LayerNorm", WIDTH)
    for index in range(LAYERS):
        layer = f"{prefix}encoder.layer.{index}."
        own = layer + "attention.self."
        if kind == "deberta":
            linear(own + "in_proj", 3 * WIDTH, WIDTH, bias=False)
            made[own + "q_bias"] = [WIDTH]
            made[own + "v_bias"] = [WIDTH]
            if c["relative"] and "c2p" in c["kinds"]:
                linear(own + "pos_proj", WIDTH, WIDTH, bias=False)
            if c["relative"] and "p2c" in c["kinds"]:
                linear(own + "pos_q_proj", WIDTH, WIDTH)
        else:
            for name in ("query_proj", "key_proj", "value_proj"):
                linear(own + name, WIDTH, WIDTH)
            if c["relative"] and not c["shared"]:
                if "c2p" in c["kinds"]:
                    linear(own + "pos_key_proj", WIDTH, WIDTH)
                if "p2c" in c["kinds"]:
                    linear(own + "pos_query_proj", WIDTH, WIDTH)
        linear(layer + "attention.output.dense", WIDTH, WIDTH)
        norm(layer + "attention.output.LayerNorm", WIDTH)
        linear(layer + "intermediate.dense", INNER, WIDTH)
        linear(layer + "output.dense", WIDTH, INNER)
        norm(layer + "output.LayerNorm", WIDTH)
    if c["relative"]:
        made[prefix + "encoder.rel_embeddings.weight"] = [2 * c["span"], WIDTH]
    if c["normed"]:
        norm(prefix + "encoder.LayerNorm", WIDTH)
    if c["kernel"] > 0:
        made[prefix + "encoder.conv.conv.weight"] = [WIDTH, WIDTH // c["groups"], c["kernel"]]
        made[prefix + "encoder.conv.conv.bias"] = [WIDTH]
        norm(prefix + "encoder.conv.LayerNorm", WIDTH)
    if head == "ForSequenceClassification":
        linear("pooler.dense", WIDTH, WIDTH)
        linear("classifier", LABELS, WIDTH)
    elif head == "ForTokenClassification":
        linear("classifier", LABELS, WIDTH)
    elif head == "ForQuestionAnswering":
        linear("qa_outputs", 2, WIDTH)
    elif head == "ForMaskedLM":
        made["cls.predictions.bias"] = [VOCABULARY]
        linear("cls.predictions.transform.dense", c["embedded"], WIDTH)
        norm("cls.predictions.transform.LayerNorm", c["embedded"])
    return made


def make_log_bucket_position(relative_pos, bucket_size, max_position):
    sign = torch.sign(relative_pos)
    mid = bucket_size // 2
    abs_pos = torch.where((relative_pos < mid) & (relative_pos > -mid), torch.tensor(mid - 1).type_as(relative_pos), torch.abs(relative_pos))
    log_pos = torch.ceil(torch.log(abs_pos / mid) / torch.log(torch.tensor((max_position - 1) / mid)) * (mid - 1)) + mid
    return torch.where(abs_pos <= mid, relative_pos.type_as(log_pos), log_pos * sign)


def forward(kind, head, prefix, w, config, ids, mask, types):
    c = read(config)
    eps = config["layer_norm_eps"]

    def linear(x, name):
        return F.linear(x, w[name + ".weight"], w.get(name + ".bias"))

    def norm(x, name):
        return F.layer_norm(x, (x.shape[-1],), w[name + ".weight"], w[name + ".bias"], eps)

    at = prefix + "embeddings."
    words = w[at + "word_embeddings.weight"]
    x = F.embedding(ids, words)
    batch, length = ids.shape
    if c["placed"]:
        x = x + w[at + "position_embeddings.weight"][:length]
    if c["types"] > 0:
        x = x + F.embedding(types, w[at + "token_type_embeddings.weight"])
    if c["embedded"] != WIDTH:
        x = linear(x, at + "embed_proj")
    x = norm(x, at + "LayerNorm") * mask.unsqueeze(2).float()
    start = x
    extended = mask.unsqueeze(1).unsqueeze(2)
    visible = (extended * extended.squeeze(-2).unsqueeze(-1)).bool()

    place = torch.arange(length)
    relative = place[:, None] - place[None, :]
    if kind == "deberta-v2" and c["buckets"] > 0:
        relative = make_log_bucket_position(relative, c["buckets"], c["farthest"])
    relative = relative.long()
    table = None
    if c["relative"]:
        table = w[prefix + "encoder.rel_embeddings.weight"]
        if c["normed"]:
            table = norm(table, prefix + "encoder.LayerNorm")
    each = WIDTH // ATTENTION_HEADS

    def split(y):
        return y.view(y.shape[:-1] + (ATTENTION_HEADS, -1)).permute(0, 2, 1, 3)

    for index in range(LAYERS):
        layer = f"{prefix}encoder.layer.{index}."
        own = layer + "attention.self."
        factor = 1 + len(c["kinds"])
        scale = math.sqrt(each * factor)
        position_key = position_query = None
        span = c["span"]
        if kind == "deberta":
            query, key, value = split(linear(x, own + "in_proj")).chunk(3, dim=-1)
            query = query + split(w[own + "q_bias"][None, None, :])
            value = value + split(w[own + "v_bias"][None, None, :])
            if table is not None:
                span = min(length, c["farthest"])
                near = table[c["farthest"] - span : c["farthest"] + span][None]
                if "c2p" in c["kinds"]:
                    position_key = split(linear(near, own + "pos_proj"))
                if "p2c" in c["kinds"]:
                    position_query = split(linear(near, own + "pos_q_proj"))
        else:
            query, key, value = (split(linear(x, own + name)) for name in ("query_proj", "key_proj", "value_proj"))
            if table is not None:
                near = table[: 2 * span][None]
                if "c2p" in c["kinds"]:
                    position_key = split(linear(near, own + ("key_proj" if c["shared"] else "pos_key_proj")))
                if "p2c" in c["kinds"]:
                    position_query = split(linear(near, own + ("query_proj" if c["shared"] else "pos_query_proj")))
        scores = query @ key.transpose(-1, -2) / scale
        all_of = (batch, ATTENTION_HEADS, length, length)
        if position_key is not None:
            found = torch.clamp(relative + span, 0, 2 * span - 1).expand(all_of)
            scores = scores + torch.gather(query @ position_key.transpose(-1, -2), -1, found) / scale
        if position_query is not None:
            found = torch.clamp(-relative + span, 0, 2 * span - 1).expand(all_of)
            scores = scores + torch.gather(key @ position_query.transpose(-1, -2), -1, found).transpose(-1, -2) / scale
        shares = F.softmax(scores.masked_fill(~visible, torch.finfo(torch.float32).min), -1)
        seen = (shares @ value).permute(0, 2, 1, 3).reshape(batch, length, WIDTH)
        y = norm(linear(seen, layer + "attention.output.dense") + x, layer + "attention.output.LayerNorm")
        hidden = ACTIVATIONS[config["hidden_act"]](linear(y, layer + "intermediate.dense"))
        y = norm(linear(hidden, layer + "output.dense") + y, layer + "output.LayerNorm")
        if index == 0 and c["kernel"] > 0:
            conv = prefix + "encoder.conv."
            out = F.conv1d(start.permute(0, 2, 1), w[conv + "conv.weight"], w[conv + "conv.bias"], padding=(c["kernel"] - 1) // 2, groups=c["groups"]).permute(0, 2, 1)
            out = out.masked_fill((1 - mask).bool().unsqueeze(-1).expand(out.size()), 0)
            out = ACTIVATIONS[config.get("conv_act", "tanh")](out)
            y = norm(y + out, conv + "LayerNorm") * mask.unsqueeze(2).float()
        x = y
    if head == "Model":
        return {"last_hidden_state": x}
    if head == "ForSequenceClassification":
        pooled = ACTIVATIONS[config.get("pooler_hidden_act", "gelu")](linear(x[:, 0], "pooler.dense"))
        return {"logits": linear(pooled, "classifier")}
    if head == "ForTokenClassification":
        return {"logits": linear(x, "classifier")}
    if head == "ForQuestionAnswering":
        both = linear(x, "qa_outputs")
        return {"start_logits": both[..., 0], "end_logits": both[..., 1]}
    hidden = ACTIVATIONS[config["hidden_act"]](linear(x, "cls.predictions.transform.dense"))
    hidden = norm(hidden, "cls.predictions.transform.LayerNorm")
    return {"logits": F.linear(hidden, words, w["cls.predictions.bias"])}


def main():
    seed = 0
    for kind, variants in VARIANTS.items():
        for number, (name, change) in enumerate(variants):
            # Every head of the usual one; of the others one each.
            for head in HEADS if number == 0 else [HEADS[number % 5]]:
                seed += 1
                config = {"model_type": kind, "vocab_size": VOCABULARY, "hidden_size": WIDTH, "num_hidden_layers": LAYERS, "num_attention_heads": ATTENTION_HEADS, "intermediate_size": INNER, "hidden_act": "gelu", "max_position_embeddings": 16, "layer_norm_eps": 1e-7, "pad_token_id": 0, "type_vocab_size": 0, **change}
                config["architectures"] = [CLASSES[kind] + head]
                if head in ("ForSequenceClassification", "ForTokenClassification"):
                    config["id2label"] = {str(i): f"label {i}" for i in range(LABELS)}
                long = "long" in name
                length = 60 if long else 9
                dtype = ("F32", "F16", "BF16")[seed % 3]
                prefix = "" if head == "Model" and seed % 2 == 1 else "deberta."
                shapes = shapes_of(kind, head, prefix, config)
                w = {key: torch.from_numpy(value) for key, value in made_of(shapes, 600 + seed).items()}
                generator = torch.Generator().manual_seed(seed)
                ids = torch.randint(3, VOCABULARY, (2, length), generator=generator)
                mask = torch.ones_like(ids)
                mask[1, -3:] = 0
                ids[1, -3:] = 0
                token_types = torch.zeros_like(ids)
                token_types[:, length // 2 :] = max(0, config["type_vocab_size"] - 1)
                with torch.no_grad():
                    outputs = forward(kind, head, prefix, w, config, ids, mask, token_types)
                every = 7 if long else 1
                print(json.dumps({
                    "name": f"{kind} {head}, {name}, {dtype}",
                    "config": config,
                    "dtype": dtype,
                    "seed": 600 + seed,
                    "tensors": shapes,
                    "inputs": {"input_ids": ids.tolist(), "attention_mask": mask.tolist(), "token_type_ids": token_types.tolist()},
                    "every": every,
                    "outputs": {key: [float(f"{v:.8g}") for v in value[:, ::every].flatten().tolist()] for key, value in outputs.items()},
                }, separators=(",", ":")))


if __name__ == "__main__":
    main()
