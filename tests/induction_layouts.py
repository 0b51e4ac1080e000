"""Parameters of the decoder under the names that other programs give them."""

import numpy as np

from ontogeny.studies.induction.layouts import GPT_2, TRANSFORMER_LENS

MATRICES = {"W_Q", "W_K", "W_V", "W_O", "W_in", "W_out"}


def one_matrix(name, values):
    """Return the matrix of all heads, head after head, that is applied from the right."""
    if name == "W_O":
        return values.reshape(-1, values.shape[-1])
    return np.concatenate(list(values), axis=1) if values.ndim == 3 else values


def transformer_lens(parameters):
    """Return the state dict of a HookedTransformer, with biases that change nothing."""
    layers, heads, _, inner = parameters["W_Q"].shape
    found = {"unembed.b_U": np.zeros(parameters["W_U"].shape[1], np.float32)}
    for name, values in parameters.items():
        named = TRANSFORMER_LENS[name]
        if "{layer}" in named:
            found |= {named.replace("{layer}", str(at)): values[at] for at in range(layers)}
        else:
            found[named] = values
    for layer in range(layers):
        at = f"blocks.{layer}"
        found[f"{at}.ln1.b"] = np.zeros_like(parameters["gain"][layer])
        found[f"{at}.attn.b_K"] = np.ones((heads, inner), np.float32)
        found[f"{at}.attn.IGNORE"] = np.array(-np.inf, np.float32)
    return found


def gpt_2(parameters, *, linear=False):
    """Return that of GPT-2 without positions and biases; `linear`: as nanoGPT stores it."""
    found = {}
    for layer in range(len(parameters["W_Q"])):
        at = f"transformer.h.{layer}"
        matrix = {n: one_matrix(n, parameters[n][layer]) for n in MATRICES}
        fused = np.concatenate([matrix[n] for n in ("W_Q", "W_K", "W_V")], axis=1)
        each = {
            "attn.c_attn": fused,
            "attn.c_proj": matrix["W_O"],
            "mlp.c_fc": matrix["W_in"],
            "mlp.c_proj": matrix["W_out"],
        }
        found |= {f"{at}.{name}.weight": v.T if linear else v for name, v in each.items()}
        for ours in ("gain", "gain_mlp", "b_in", "b_out"):
            found[GPT_2[ours].replace("{layer}", str(layer))] = parameters[ours][layer]
        found[f"{at}.attn.bias"] = np.tri(4, dtype=np.float32)[None, None]
        found[f"{at}.attn.masked_bias"] = np.array(-1e4, np.float32)
    found |= {GPT_2[n]: parameters[n] for n in ("W_E", "gain_final")}
    return found | {"lm_head.weight": parameters["W_U"].T}
