"""Sentences that come with Layerloom: opinions of films, and news with marked names. A small grammar makes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any, Final

import numpy as np

from runtime.data.tables import Table

Options = Mapping[str, Any]
Tagged = tuple[tuple[str, ...], tuple[int, ...]]


def listed(words: str) -> tuple[str, ...]:
    """The words of a line."""
    return tuple(words.split())


TONES: Final = ("negative", "positive")
ADJECTIVES: Final = (
    listed("dull predictable clumsy tedious shallow noisy empty lifeless silly confusing slow tired stale boring"),
    listed(
        "moving funny clever gripping charming beautiful original warm honest brilliant tender witty wise thrilling"
    ),
)
VERBS: Final = (("disliked", "resented", "hated", "regretted"), ("liked", "enjoyed", "admired", "loved"))
THINGS: Final = (
    *("the acting", "the story", "the script", "the music", "the ending", "the camera work", "the dialogue"),
    *("the first half", "the second half", "the leading actress", "the villain", "the humour", "the plot"),
)
GENRES: Final = listed("comedy thriller drama western documentary romance mystery sequel cartoon musical")
PEOPLE: Final = ("I", "we", "my friends", "the children", "the audience", "most of us")
FORCE: Final = ("", "", "really ", "quite ", "very ", "truly ", "rather ")
NEGATIONS: Final = ("is not", "is never", "is not at all", "is anything but", "is far from", "is hardly")

TAGS: Final = ("O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC", "B-MISC", "I-MISC")
KINDS: Final = {"PER": "PER", "ORG": "ORG", "LOC": "LOC", "event": "MISC", "nation": "MISC"}
"""What a name in a pattern is tagged as."""
FIRST: Final = listed(
    "Anna Paris Ivan Maria Sydney Chloe Peter Georgia Yusuf Ingrid Carlos Austin Mei Omar Sofia Henry"
)
LAST: Final = listed(
    "Berg Washington Novak London Silva Lincoln Tanaka Houston Moreau Haas Okoye Lindt York Costa Stone Wells"
)
PLACES: Final = (
    *listed(
        "Paris Sydney Georgia Austin Washington London Lincoln Houston Oslo Lima Kenya Peru Wales Cairo Berlin Osaka"
    ),
    *("New York", "South Africa", "Hong Kong", "Lake Victoria", "San Marino", "Sri Lanka"),
)
FIRMS: Final = listed(
    "Houston Stone Lincoln Wells Nordic Atlas Pacific Union Delta Orion Berlin Victoria Summit Harbour"
)
FORMS: Final = ("Bank", "Motors", "United", "Airlines", "University", "Steel", "Group", "Rovers")
EVENTS: Final = ("World Cup", "Davis Cup", "Grand Prix", "Olympic Games", "Asian Games", "Six Nations")
NATIONS: Final = listed("German French Kenyan Peruvian Japanese Welsh Egyptian Australian")
NEWS: Final = (
    "{PER} said on {day} that {ORG} would leave {LOC} .",
    "Shares of {ORG} fell in {LOC} on {day} .",
    "{ORG} named {PER} as its new director .",
    "The {event} was won by {PER} in {LOC} .",
    "{PER} , who plays for {ORG} , was born in {LOC} .",
    "{LOC} {day} -- Talks with {ORG} have ended , {PER} told reporters .",
    "{PER} and {PER} met in {LOC} before the {event} .",
    "Heavy rain closed the airport of {LOC} on {day} .",
    "The market was quiet and nobody expected much of the week .",
    "{ORG} beat {ORG} {score} in the {event} on {day} .",
    "{LOC} and {LOC} signed a treaty about fish and steel .",
    "{PER} of {LOC} beat {PER} of {LOC} in the {event} .",
    "A court in {LOC} fined {ORG} after {PER} complained .",
    "{nation} prices rose by {number} percent , the bank said on {day} .",
    "The {nation} government sent {PER} to {LOC} .",
)
DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def build_snippets(options: Options) -> Table:
    """Opinions of films with their tone; no two are the same."""
    texts = collect(options, lambda random: (tone := random.randrange(2), write_opinion(random, tone)))
    labels = np.array([tone for tone, _ in texts], dtype=np.int64)
    return Table(
        {"text": np.array([text for _, text in texts], dtype=object), "label": labels}, {"label": TONES}, "label"
    )


def build_tagged_news(options: Options) -> Table:
    """Sentences as lists of words, and a list of tags for each."""
    sentences: list[Tagged] = collect(options, write_news)
    columns = {
        "tokens": hold_lists([words for words, _ in sentences]),
        "tags": hold_lists([tags for _, tags in sentences]),
    }
    return Table(columns, {"tags": TAGS}, "tags")


def collect(options: Options, write: Callable[[Random], Any]) -> list[Any]:
    """As many different ones as are asked for, always the same ones for a seed."""
    count = int(options["count"])
    if not 2 <= count <= 20_000:
        raise ValueError(f"count is {count} and must lie between 2 and 20000")
    random = Random(int(options["seed"]))  # noqa: S311 - sentences are no secret
    found: dict[Any, None] = {}
    while len(found) < count:
        found[write(random)] = None
    return list(found)


def hold_lists(rows: list[tuple[Any, ...]]) -> Any:
    """A column with a list in each cell, which numpy would else take for a second axis."""
    column = np.empty(len(rows), dtype=object)
    column[:] = [list(row) for row in rows]
    return column


def write_opinion(random: Random, tone: int) -> str:
    """One or two judgements; behind "but" and "although" stands the one that decides."""
    genre = random.choice(GENRES)
    first, second, other = (write_judgement(random, side, genre) for side in (tone, tone, 1 - tone))
    texts = (
        first,
        f"{first}, and {second}",
        f"{other}, but {first}",
        f"although {other}, {first}",
        f"{first}, even though {other}",
        f"{write_title(random, tone, genre)}: {first}",
    )
    text = random.choice(texts)
    return f"{text[0].upper()}{text[1:]}{random.choice('..!')}"


def write_title(random: Random, tone: int, genre: str) -> str:
    """What kind of film it is."""
    one, two = random.sample(ADJECTIVES[tone], 2)
    opposite = random.choice(ADJECTIVES[1 - tone])
    return random.choice((f"a {one} and {two} {genre}", f"not one of those {opposite} {genre} films"))


def write_judgement(random: Random, tone: int, genre: str) -> str:
    """A part of a sentence that says something good (1) or bad (0), half of the time by denying the opposite."""
    adjective, opposite = random.choice(ADJECTIVES[tone]), random.choice(ADJECTIVES[1 - tone])
    thing, who = random.choice(THINGS), random.choice(PEOPLE)
    return random.choice(
        (
            f"{thing} is {random.choice(FORCE)}{adjective}",
            f"{who} {random.choice(VERBS[tone])} {thing}",
            f"this {genre} is {random.choice(FORCE)}{adjective}",
            f"{thing} {random.choice(NEGATIONS)} {opposite}",
            f"there is not one {opposite} minute in this {genre}",
            f"nobody could call {thing} {opposite}",
        )
    )


def write_news(random: Random) -> Tagged:
    """A sentence of news, its words and the number of a tag for each."""
    words: list[str] = []
    tags: list[int] = []
    for piece in random.choice(NEWS).split():
        kind = piece.strip("{}")
        found = write_name(random, kind).split() if piece != kind else [piece]
        words += found
        tags += list_tags(KINDS[kind], len(found)) if kind in KINDS and piece != kind else [0] * len(found)
    return tuple(words), tuple(tags)


def list_tags(kind: str, count: int) -> list[int]:
    """The tags of a name of so many words: it begins, and goes on."""
    return [TAGS.index(f"B-{kind}")] + [TAGS.index(f"I-{kind}")] * (count - 1)


def write_name(random: Random, kind: str) -> str:
    """Something to stand in a sentence. Some words name a person here, a place there and a company elsewhere."""
    last = random.choice(LAST)
    names: dict[str, Callable[[], str]] = {
        "PER": lambda: random.choice((f"{random.choice(FIRST)} {last}", f"{random.choice(FIRST)} {last}", last)),
        "ORG": lambda: f"{random.choice(FIRMS)} {random.choice(FORMS)}",
        "LOC": lambda: random.choice(PLACES),
        "event": lambda: random.choice(EVENTS),
        "nation": lambda: random.choice(NATIONS),
        "day": lambda: random.choice(DAYS),
        "score": lambda: random.choice(("2-0", "3-1", "1-0", "4-2")),
        "number": lambda: str(random.randint(2, 9)),
    }
    return names[kind]()
