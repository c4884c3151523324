"""Metrics of texts: how well a network writes them, and how well it finds what is named in them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from builder.document import FieldFacts
from builder.kinds import Construct, Params, Port
from builder.layers.base import Misfit, Specs
from builder.parts import entity_metrics, text_metrics
from builder.phrases import quote
from builder.training.base import Metric
from builder.training.fitting import check_scores, describe, is_integer
from builder.training.metrics import LENGTHS, SCORES_HELP


class Perplexity(Metric):
    """Between how many tokens a network wavers on average: 1 is certainty, the size of the vocabulary is guessing.

    Padding does not count: tokens of the number 0, and what lies behind the end of a row.

    Shapes:
        input: (B, T, tokens) or (B, tokens, T) scores. target: (B, T), the true tokens. lengths: (B).

    Formula:
        exp(mean(-log(softmax(input)[target])))
    """

    kind = "Perplexity"
    family = "Metrics"
    goal = "min"
    synonyms = ("language model", "cross-entropy", "next token", "text")
    inputs = (
        Port("input", ranks=(2, 3), help="The scores of all tokens."),
        Port("target", dtype="integer", help="The true tokens."),
        LENGTHS,
    )

    class Params(Params):
        """What the scores are."""

        scores: Literal["logits", "probabilities"] = Field("logits", description=SCORES_HELP)

    @classmethod
    def construct(cls, params: Any, specs: Specs) -> Construct:
        """Make the object that adds up."""
        return Construct(text_metrics.Perplexity, kwargs={**params.model_dump(), "axis": check_scores(specs)})


class BLEU(Metric):
    """How many pieces of one to four tokens of a translation are in its reference too: 0 to 100, over all texts at once.

    A text ends at its end mark; a begin mark and padding are not of it. Outputs that are too short lose points.

    Shapes:
        input: (B, T) tokens, or their scores (B, T, tokens). target: (B, T), the tokens of the reference, which may be
        of another length.

    Formula:
        min(1, exp(1 - reference / output)) * (p1 * p2 * p3 * p4) ** (1 / 4)

    Reference:
        Papineni et al., BLEU: a method for automatic evaluation of machine translation, 2002.
    """

    kind = "BLEU"
    family = "Metrics"
    synonyms = ("translation", "n-grams", "text", "sacrebleu")
    inputs = (
        Port("input", ranks=(2, 3), dtype="number", help="What the network writes: tokens or their scores."),
        Port("target", ranks=(2,), dtype="integer", help="The reference."),
    )

    @classmethod
    def construct(cls, params: Any, specs: Specs) -> Construct:
        """Make the object that counts; scores of tokens are checked as those of classes."""
        given = specs[0]
        if given is None or (is_integer(given) and given.rank == 2):
            return Construct(text_metrics.BLEU)
        if given.rank != 3 or is_integer(given):
            reason = f"got {describe(given)} of type {given.dtype}, needs tokens or one score a token"
            raise Misfit("target_shape", reason, port="input", got=given)
        return Construct(text_metrics.BLEU, kwargs={"axis": check_scores(specs)})


class EntityF1(Metric):
    """How well whole names are found in sentences: right is a name whose first word, last word and type are right.

    The classes of the target are tags: `O` is outside of names, `B-PER` begins the name of a person and `I-PER` goes on.

    Shapes:
        input: (B, T, tags) or (B, tags, T) scores. target: (B, T), the true tags. lengths: (B).

    Formula:
        2 * right / (found + true)

    Reference:
        Tjong Kim Sang and De Meulder, Introduction to the CoNLL-2003 shared task, 2003.
    """

    kind = "EntityF1"
    family = "Metrics"
    title = "F1 of entities"
    synonyms = ("named entities", "NER", "tagging", "spans", "BIO", "conlleval")
    shown = ("average",)
    asks_truth = True
    inputs = (
        Port("input", ranks=(3,), help="The scores of all tags."),
        Port("target", ranks=(2,), dtype="integer", help="The true tags."),
        LENGTHS,
    )

    class Params(Params):
        """How the types become one number."""

        average: Literal["micro", "macro"] = Field(
            "micro", description="micro: every name counts alike; macro: every type of names does."
        )

    @classmethod
    def construct(cls, params: Any, specs: Specs) -> Construct:
        """Make the object, with tags that are told apart by nothing yet."""
        return Construct(
            entity_metrics.EntityF1, kwargs={"tags": (), **params.model_dump(), "axis": check_scores(specs)}
        )

    @classmethod
    def construct_for_truth(cls, params: Any, specs: Specs, truth: FieldFacts) -> Construct:
        """Make the object with the names of the tags."""
        made, tags = cls.construct(params, specs), truth.classes or ()
        if not any(tag.startswith(("B-", "I-")) for tag in tags):
            named = f"its classes are {', '.join(quote(tag) for tag in tags[:5])}" if tags else "it has no classes"
            reason = f"needs a target whose classes are tags such as O, B-PER and I-PER; {named}"
            raise Misfit("target_tags", reason, port="target")
        return Construct(made.target, kwargs={**made.kwargs, "tags": tags})
