"""Whether the optional packages are installed, asked without importing any of them."""

from importlib.util import find_spec

from core.engine.errors import EngineRefused

PACKAGES = ("torch", "transformers", "peft", "trl", "datasets")


def must_be_installed() -> None:
    """Refuse where a package of the extra is missing.

    Raises:
        EngineRefused: it is; the sentence says how to install it.
    """
    missing = [name for name in PACKAGES if find_spec(name) is None]
    if missing:
        raise EngineRefused(
            "Hugging Face models need the LoRA extra, which is not installed here: "
            f"{', '.join(missing)} cannot be found. Run `make lora`, then try again."
        )
