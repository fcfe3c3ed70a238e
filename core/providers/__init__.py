"""Providers: whoever speaks the fine-tuning protocol, the engine of this machine among them."""
