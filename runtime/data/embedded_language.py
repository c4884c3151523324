"""Language that comes with Layerloom: Python's own documentation, and phrases in English and French that a program made."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from random import Random
from typing import Any, Final

import numpy as np

from runtime.data.tables import Table

Options = Mapping[str, Any]

SMALL: Final = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
TENS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
PETITS: Final = (
    *("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze"),
    *("treize", "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf"),
)
DIZAINES: Final = ("vingt", "trente", "quarante", "cinquante", "soixante", "soixante", "quatre-vingt", "quatre-vingt")
DAYS: Final = (
    *(("Monday", "lundi"), ("Tuesday", "mardi"), ("Wednesday", "mercredi"), ("Thursday", "jeudi")),
    *(("Friday", "vendredi"), ("Saturday", "samedi"), ("Sunday", "dimanche")),
)
MONTHS: Final = (
    *(("January", "janvier"), ("February", "février"), ("March", "mars"), ("April", "avril"), ("May", "mai")),
    *(("June", "juin"), ("July", "juillet"), ("August", "août"), ("September", "septembre")),
    *(("October", "octobre"), ("November", "novembre"), ("December", "décembre")),
)
EVENTS: Final = (
    *(("The train leaves", "Le train part"), ("The shop opens", "Le magasin ouvre"), ("The course begins", "Le cours commence")),
    *(("We meet", "Nous nous retrouvons"), ("They arrive", "Ils arrivent"), ("The film is shown", "Le film est projeté")),
)  # fmt: skip
THINGS: Final = (
    *(("books", "livres"), ("white horses", "chevaux blancs"), ("red cars", "voitures rouges"), ("apples", "pommes")),
    *(("old houses", "vieilles maisons"), ("black cats", "chats noirs"), ("small boats", "petits bateaux")),
    *(("green doors", "portes vertes"), ("letters", "lettres"), ("long roads", "longues routes")),
)
OWNERS: Final = (
    *(("I have", "j'ai"), ("you have", "tu as"), ("she has", "elle a"), ("we have", "nous avons")),
    *(("they have", "ils ont"), ("I do not have", "je n'ai pas"), ("she does not have", "elle n'a pas")),
)


def build_python_docs(options: Options) -> Table:
    """What ``help()`` of Python knows of the language itself, a topic a row, up to so many characters in all."""
    from pydoc_data.topics import topics

    most = int(options["characters"])
    if not 1000 <= most <= 10_000_000:
        raise ValueError(f"characters is {most} and must lie between 1,000 and 10,000,000")
    rows: list[str] = []
    for name in sorted(topics):
        rows.append(topics[name][: most - len(rows) - sum(map(len, rows))])
        if len(rows) + sum(map(len, rows)) >= most:
            break
    return Table({"text": np.array(rows, dtype=object)}, {}, "text")


def tell_python_version() -> str:
    """The Python whose documentation it is: the text differs between versions."""
    return platform.python_version()


def build_phrases(options: Options) -> Table:
    """Phrases with dates, numbers and things, all different, in English and in French."""
    count, random = int(options["count"]), Random(int(options["seed"]))  # noqa: S311 - phrases are no secret
    if not 10 <= count <= 200_000:
        raise ValueError(f"count is {count} and must lie between 10 and 200,000")
    pairs: dict[str, str] = {}
    while len(pairs) < count:
        english, french = random.choice((make_date, make_possession))(random)
        pairs.setdefault(english, french)
    return Table({"en": np.array([*pairs], dtype=object), "fr": np.array([*pairs.values()], dtype=object)}, {}, "fr")


def make_date(random: Random) -> tuple[str, str]:
    """When something happens."""
    (event, evenement), (day, jour), (month, mois) = (random.choice(of) for of in (EVENTS, DAYS, MONTHS))
    date, year = random.randint(2, 28), random.randint(1950, 2049)
    english = f"{event} on {day}, {month} {count_in_english(date)}, {count_in_english(year)}."
    return english, f"{evenement} le {jour} {count_in_french(date)} {mois} {count_in_french(year)}."


def make_possession(random: Random) -> tuple[str, str]:
    """Who has how many of what, in French with the adjective where it belongs."""
    (owner, qui), (thing, chose), number = random.choice(OWNERS), random.choice(THINGS), random.randint(2, 999)
    # Before a noun in the feminine "un" at the end of a number would change: such numbers are left out.
    number += number % 10 == 1
    return f"{owner} {count_in_english(number)} {thing}.", f"{qui} {count_in_french(number)} {chose}."


def count_in_english(number: int) -> str:
    """A number below 10,000 in words."""
    if number < 20:
        return SMALL[number]
    if number < 100:
        return TENS[number // 10 - 2] + (f"-{SMALL[number % 10]}" if number % 10 else "")
    size, name = (1000, "thousand") if number >= 1000 else (100, "hundred")
    head, rest = f"{SMALL[number // size]} {name}", number % size
    if not rest:
        return head
    return f"{head} {'and ' if rest < 100 else ''}{count_in_english(rest)}"


def count_in_french(number: int) -> str:
    """A number below 10,000 in words, as they are written in France."""
    if number < 20:
        return PETITS[number]
    if number < 100:
        return count_tens(number)
    if number >= 1000:
        head = "mille" if number < 2000 else f"{PETITS[number // 1000]} mille"
        return f"{head} {count_in_french(number % 1000)}" if number % 1000 else head
    head = "cent" if number < 200 else f"{PETITS[number // 100]} cent"
    if number % 100:
        return f"{head} {count_in_french(number % 100)}"
    return head + ("s" if number >= 200 else "")


def count_tens(number: int) -> str:
    """A number from 20 to 99: by twenties from 60 on, with "et" before one and eleven, but not after eighty."""
    tens = number // 10
    rest = number % 20 if tens >= 6 else number % 10
    word = DIZAINES[tens - 2]
    if not rest:
        return word + ("s" if number == 80 else "")
    link = " et " if rest in (1, 11) and tens < 8 else "-"
    return f"{word}{link}{PETITS[rest]}"
