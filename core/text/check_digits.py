"""Check digits: whether a number that carries its own proof was written without a mistake."""

from collections.abc import Sequence

LETTERS_FROM = ord("A") - 10


def luhn(digits: str) -> bool:
    """Whether the last digit fits the others (ISO/IEC 7812-1, annex B; Luhn 1960, US patent 2,950,048)."""
    doubled = (int(digit) * 2 for digit in digits[-2::-2])
    return (sum(map(int, digits[::-2])) + sum(value - 9 * (value > 9) for value in doubled)) % 10 == 0  # noqa: PLR2004 - a digit is less than ten


def mod97(characters: str) -> int:
    """The remainder by 97 of letters and digits read as one number, A being 10 (ISO/IEC 7064, MOD 97-10)."""
    return int("".join(str(value_of(character)) for character in characters)) % 97


def value_of(character: str) -> int:
    """A digit as itself, A as 10, Z as 35."""
    return int(character) if character.isdigit() else ord(character.upper()) - LETTERS_FROM


def weighted(digits: str, weights: Sequence[int]) -> int:
    """The sum of the digits, each times its weight."""
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def mod11_10(digits: str) -> bool:
    """Whether the last digit fits the others by ISO/IEC 7064, MOD 11,10."""
    rest = 10
    for digit in digits[:-1]:
        rest = ((int(digit) + rest) % 10 or 10) * 2 % 11
    return (11 - rest) % 10 == int(digits[-1])
