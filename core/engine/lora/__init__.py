"""LoRA and QLoRA: adapters trained on Hugging Face causal models, and processes that answer with them.

Only workers and answering processes import torch; the engine's own process never does.
"""
