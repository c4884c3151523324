"""Embedded sets with an order or with categories: two measured series, and two tables that a program makes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from runtime.data.tables import Array, Table

Options = Mapping[str, Any]

LIKED, TASTES = 3.5, 3
"""The mean rating, and how many tastes films and people have a share of."""
JOBS = {"fixed": 0.9, "freelance": 0.2, "partime": -0.9, "others": -0.5}
HOMES = {"owner": 0.5, "rent": -0.4, "parents": 0.2, "other": -0.3}
MARITAL = {"married": 0.2, "single": -0.1, "separated": -0.5, "widow": 0.0, "divorced": -0.2}
RECORDS = {"no": 0.3, "yes": -1.5}
"""How much each value speaks for a credit that is paid back."""


def build_co2(options: Options) -> Table:
    """Carbon dioxide in the air above Mauna Loa, week by week; weeks without a measurement have no value."""
    from statsmodels.datasets import co2

    weeks = co2.load_pandas().data
    days = np.array([day.date().isoformat() for day in weeks.index], dtype=object)
    return Table({"date": days, "co2": weeks["co2"].to_numpy(dtype=float)}, {}, "co2")


def build_sunspots(options: Options) -> Table:
    """The mean number of sunspots of each year."""
    from statsmodels.datasets import sunspots

    years = sunspots.load_pandas().data
    columns = {"year": years["YEAR"].to_numpy(dtype=np.int64), "sunspots": years["SUNACTIVITY"].to_numpy(dtype=float)}
    return Table(columns, {}, "sunspots")


def build_ratings(options: Options) -> Table:
    """Ratings of people who never lived: each has a mood, each film a quality, and both a share of a few tastes."""
    random = np.random.RandomState(int(options["seed"]))
    users, films, count = (bounded(options, name) for name in ("users", "films", "count"))
    places = random.permutation(users * films)[:count]
    user, film = places // films, places % films
    mood, quality = random.normal(0, 0.4, users), random.normal(0, 0.5, films)
    tastes = [random.normal(0, 1, (number, TASTES)) for number in (users, films)]
    liking = LIKED + mood[user] + quality[film] + 0.35 * (tastes[0][user] * tastes[1][film]).sum(1)
    rating = np.clip(np.rint(2 * (liking + random.normal(0, 0.5, len(places)))) / 2, 0.5, 5.0)
    titles = np.array([f"Film {number + 1:03}" for number in range(films)], dtype=object)
    return Table({"title": titles[film], "userId": user.astype(np.int64) + 1, "rating": rating}, {}, "rating")


def build_credit(options: Options) -> Table:
    """Applications for a credit that nobody made, of which about a quarter go bad for reasons that the columns tell."""
    random = np.random.RandomState(int(options["seed"]))
    count = bounded(options, "count")
    names = {
        "Home": draw_names(random, count, HOMES, (0.5, 0.25, 0.2, 0.05)),
        "Marital": draw_names(random, count, MARITAL, (0.7, 0.2, 0.05, 0.03, 0.02)),
        "Records": draw_names(random, count, RECORDS, (0.82, 0.18)),
        "Job": draw_names(random, count, JOBS, (0.63, 0.23, 0.1, 0.04)),
    }
    numbers = draw_numbers(random, count, 0.6 * weigh(names["Home"], HOMES) + 0.3 * weigh(names["Job"], JOBS))
    good = judge(numbers) + sum(weigh(names[column], each) for column, each in GROUPS.items())
    paid = good + random.logistic(-0.85, 0.55, count) > 0
    status = np.array(["bad", "good"], dtype=object)[paid.astype(int)]
    return Table({"Status": status, **numbers, **names}, {}, "Status")


GROUPS = {"Home": HOMES, "Marital": MARITAL, "Records": RECORDS, "Job": JOBS}


def draw_numbers(random: np.random.RandomState, count: int, standing: Array) -> dict[str, Array]:
    """What an application says in numbers; people of a better standing ask for more, and so do those who earn more."""
    age = np.clip(random.gamma(9, 4.2, count), 18, 68).round()
    seniority = np.floor(np.clip(age - 18, 0, None) * random.beta(1, 2.2, count))
    income = np.clip(random.gamma(3.5, 40, count), 10, 950).round()
    asked = 75 * np.exp(standing) * np.sqrt(income) * random.gamma(25, 1 / 25, count)
    amount = np.clip(asked, 100, 5000).round(-1)
    return {
        "Seniority": seniority,
        "Time": random.choice([12.0, 24.0, 36.0, 48.0, 60.0], count, p=[0.06, 0.12, 0.2, 0.22, 0.4]),
        "Age": age,
        "Expenses": np.clip(random.gamma(8, 7, count), 35, 180).round(),
        "Income": income,
        "Assets": np.where(random.rand(count) < 0.35, 0.0, random.gamma(1.2, 6000, count).round(-2)),
        "Debt": np.where(random.rand(count) < 0.8, 0.0, random.gamma(1.5, 1000, count).round(-1)),
        "Amount": amount,
        "Price": (amount * random.uniform(1.05, 2.2, count)).round(),
    }


def judge(numbers: Mapping[str, Array]) -> Array:
    """How much the numbers speak for a credit that is paid back: what is left of an income counts, and the part financed."""
    left = (numbers["Income"] - numbers["Expenses"] - numbers["Debt"] / 60) / 60
    financed = numbers["Amount"] / numbers["Price"]
    score = 0.9 * np.tanh(left) + 0.09 * numbers["Seniority"] - 3.0 * (financed - 0.6) - 0.012 * (numbers["Time"] - 36)
    return np.asarray(score + 0.00005 * np.minimum(numbers["Assets"], 12_000))


def draw_names(
    random: np.random.RandomState, count: int, values: Mapping[str, float], chances: tuple[float, ...]
) -> Array:
    """Names with these chances."""
    return random.choice(np.array(list(values), dtype=object), count, p=list(chances))


def weigh(names: Array, values: Mapping[str, float]) -> Array:
    """What each name counts."""
    return np.array([values[name] for name in names])


def bounded(options: Options, name: str) -> int:
    """A number of people, films or rows. Raises ValueError where it is none of a size that makes sense."""
    value = int(options[name])
    if not 2 <= value <= 100_000:
        raise ValueError(f"{name} is {value} and must lie between 2 and 100000")
    return value
