"""Fingerprints: the same text gives the same one, whatever its case, spacing and width of characters."""

import hashlib
import unicodedata


def normalised(text: str) -> str:
    """The text in Unicode form NFKC, case folded, with single spaces."""
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return " ".join(plain.casefold().split())


def fingerprint(*texts: str) -> str:
    """128 bits, in hexadecimal, of the normalised texts in order."""
    joined = "\x1f".join(map(normalised, texts)) if len(texts) > 1 else normalised(texts[0])
    return hashlib.blake2b(joined.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
