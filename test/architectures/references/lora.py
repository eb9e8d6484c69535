"""Makes lora.jsonl: tiny models with a LoRA adapter of random weights, as PEFT saves one (`get_peft_model_state_dict`), and what the forward
passes of llama.py, phi3.py and gpt2.py give when scale · B · A is added to the weights (`LoraLayer.get_delta_weight` of PEFT 0.18).

Run: /usr/bin/python3 lora.py > lora.jsonl (needs torch and numpy). Weights are made as weights.py says, those of the adapter after the others.
"""

import functools
import json
import math

import gpt2
import llama
import phi3
from writers import tried

WRAPPED = "base_model.model."
LLAMA = {
    "model_type": "llama", "architectures": ["LlamaForCausalLM"], "vocab_size": 24, "hidden_size": 16, "num_hidden_layers": 2,
    "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 4, "intermediate_size": 20, "hidden_act": "silu",
    "max_position_embeddings": 64, "rms_norm_eps": 1e-6, "rope_theta": 10000.0, "tie_word_embeddings": False,
}
PHI3 = {
    "model_type": "phi3", "architectures": ["Phi3ForCausalLM"], "vocab_size": 24, "hidden_size": 16, "num_hidden_layers": 2,
    "num_attention_heads": 4, "num_key_value_heads": 4, "intermediate_size": 20, "hidden_act": "silu", "rms_norm_eps": 1e-5,
    "max_position_embeddings": 64, "original_max_position_embeddings": 64, "rope_theta": 10000.0, "tie_word_embeddings": False,
}
GPT2 = {
    "model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "vocab_size": 24, "n_embd": 16, "n_layer": 2, "n_head": 4, "n_inner": 20,
    "n_positions": 32, "n_ctx": 32, "activation_function": "gelu_new", "layer_norm_epsilon": 1e-5,
}
# What config.json says, tensors, forward pass, what the adapter names begin with instead, adapter_config.json, dtype.
MODELS = [
    (LLAMA, llama.shapes_of("llama", 2, False, False, False, 4), llama.forward, "", {"r": 2, "lora_alpha": 4, "target_modules": ["q_proj", "v_proj"]}, "F32"),
    (LLAMA, llama.shapes_of("llama", 2, False, False, False, 4), llama.forward, "",
     {"r": 4, "lora_alpha": 2, "use_rslora": True, "target_modules": "all-linear", "modules_to_save": ["lm_head", "input_layernorm"]}, "BF16"),
    (PHI3, phi3.shapes_of(16, 4, False), phi3.forward, "", {"r": 3, "lora_alpha": 3, "target_modules": ["qkv_proj", "gate_up_proj"]}, "F32"),
    (GPT2, gpt2.shapes_of("transformer.", True, 20), functools.partial(gpt2.forward, "transformer."), "",
     {"r": 2, "lora_alpha": 1, "fan_in_fan_out": True, "target_modules": ["c_attn", "mlp.c_proj"]}, "F32"),
    (GPT2, gpt2.shapes_of("", True, 20), functools.partial(gpt2.forward, ""), "transformer.",
     {"r": 1, "lora_alpha": 1, "fan_in_fan_out": True, "target_modules": ["c_attn"]}, "F32"),
]


def is_target(module, settings):
    targets = settings["target_modules"]
    if targets == "all-linear":
        return module.endswith("_proj")
    return any(module == one or module.endswith("." + one) for one in targets)


def adapter_shapes(base, prefix, settings):
    made = {}
    for name, shape in base.items():
        module, kind = name.rsplit(".", 1)
        if any(module.endswith(one) for one in settings.get("modules_to_save") or []):
            made[WRAPPED + prefix + name] = shape
        elif kind == "weight" and len(shape) == 2 and is_target(module, settings):
            outputs, inputs = shape[::-1] if settings.get("fan_in_fan_out") else shape
            made[f"{WRAPPED}{prefix}{module}.lora_A.weight"] = [settings["r"], inputs]
            made[f"{WRAPPED}{prefix}{module}.lora_B.weight"] = [outputs, settings["r"]]
    return made


def merged(base, prefix, settings, w):
    """The weights that the adapter makes of those of the base model."""
    scale = settings["lora_alpha"] / (math.sqrt(settings["r"]) if settings.get("use_rslora") else settings["r"])
    made = {}
    for name in base:
        module = name.rsplit(".", 1)[0]
        at = f"{WRAPPED}{prefix}{module}"
        if WRAPPED + prefix + name in w:
            made[name] = w[WRAPPED + prefix + name]
        elif f"{at}.lora_A.weight" in w and name.endswith(".weight"):
            delta = w[f"{at}.lora_B.weight"] @ w[f"{at}.lora_A.weight"] * scale
            made[name] = w[name] + (delta.T if settings.get("fan_in_fan_out") else delta)
        else:
            made[name] = w[name]
    return made


def main():
    for seed, (config, base, forward, prefix, settings, dtype) in enumerate(MODELS, 801):
        adapter = {
            "peft_type": "LORA", "task_type": "CAUSAL_LM", "base_model_name_or_path": "org/base", "bias": "none", "fan_in_fan_out": False,
            "inference_mode": True, "init_lora_weights": True, "lora_dropout": 0.05, "modules_to_save": None, "revision": None,
            "rank_pattern": {}, "alpha_pattern": {}, "use_dora": False, "use_rslora": False, **settings,
        }
        shapes = {**base, **adapter_shapes(base, prefix, settings)}

        def changed(config, w, ids, mask, positions):
            return forward(config, merged(base, prefix, settings, w), ids, mask, positions)

        targets = settings["target_modules"]
        name = f"{config['model_type']}, {dtype}, rank {settings['r']}, {targets if isinstance(targets, str) else ' and '.join(targets)}"
        made = tried(name, config, dtype, seed, shapes, changed)
        print(json.dumps({**made, "adapter": adapter}, separators=(",", ":")))


if __name__ == "__main__":
    main()
