"""`python -m tests.core.engine.tiny_model FOLDER`: a language model with random weights, made on the spot."""

import importlib
import string
import sys
from pathlib import Path

TEMPLATE = (
    "{% for message in messages %}<|{{ message.role }}|>{{ message.content }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
SPECIAL = ("<|end|>", "<|system|>", "<|user|>", "<|assistant|>")


def make(folder: Path) -> None:
    """A Llama of two layers that knows single characters; what it says means nothing."""
    torch = importlib.import_module("torch")
    tokenizers = importlib.import_module("tokenizers")
    transformers = importlib.import_module("transformers")
    torch.manual_seed(1)
    words = {word: at for at, word in enumerate((*SPECIAL, *string.printable))}
    plain = tokenizers.Tokenizer(tokenizers.models.BPE(words, [], unk_token=" "))
    plain.decoder = tokenizers.decoders.Fuse()
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=plain, eos_token=SPECIAL[0], pad_token=SPECIAL[0], chat_template=TEMPLATE
    )
    tokenizer.add_special_tokens({"additional_special_tokens": list(SPECIAL[1:])})
    sizes = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
    config = transformers.LlamaConfig(
        vocab_size=len(words), max_position_embeddings=2048, eos_token_id=0, pad_token_id=0, **sizes
    )
    transformers.LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
