"""From the text of a source to its networks, with a sentence for each line that could not be taken."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any

from builder.document import Graph, Project
from builder.edits import apply_edits
from builder.importer.calls import call
from builder.importer.expressions import evaluate
from builder.importer.instances import make_instance
from builder.importer.leftovers import tell_unused_methods
from builder.importer.networks import Drawn, draw_part, draw_root
from builder.importer.placing import arrange_nodes, list_edits
from builder.importer.reading import ImportRefused, read_source
from builder.importer.remarks import Exhausted, Left, Remark
from builder.importer.session import Frame, Session
from builder.importer.sizes import complete_networks
from builder.importer.statements import run
from builder.importer.top_level import find_making, read_top
from builder.importer.values import Chain, Class, Function, Instance, Reference
from builder.phrases import join_words, quote
from builder.repetitions import networks_of


@dataclass(frozen=True)
class Imported:
    """What a source came to: its networks, the name of the one that is meant, and what has to be said about lines."""

    networks: dict[str, Graph]
    main: str
    notes: tuple[Remark, ...] = ()

    def list_edits(self, project: Project) -> list[dict[str, Any]]:
        """The edits that add the networks to a project, as one step of its history."""
        return list_edits(self.networks, project)

    def make_project(self, name: str = "Imported") -> Project:
        """A project of its own with the networks."""
        project = Project(name=name)
        return apply_edits(project, self.list_edits(project))


class SourceReader:
    """The files that read, put together."""

    evaluate = staticmethod(evaluate)
    run = staticmethod(run)
    call = staticmethod(call)


def import_source(text: str, name: str | None = None) -> Imported:
    """Read PyTorch source into graphs. It is parsed and never run.

    Args:
        text: the source: classes of modules, a Sequential, and whatever stands around them.
        name: the class or variable that is meant; the last one that no other uses where it is left out.

    Raises:
        ImportRefused: there is nothing in the text that can be taken. It says why, in a sentence.
    """
    tree = read_source(text)
    session = Session(SourceReader(), draw_part)
    try:
        roots = draw_roots(tree, session, name)
        tell_unused_methods(session)
        drawn = {root.name: root for root in roots}
        networks = {**drawn, **reachable(roots, session.networks)}
        complete_networks(roots, networks, session.remarks)
        graphs = {key: arrange_nodes(network.graph()) for key, network in networks.items()}
    except Exhausted as error:
        raise ImportRefused(f"The source cannot be read: {error}") from None
    except RecursionError:
        raise ImportRefused("The source is nested too deeply to be read. Write it in shorter steps.") from None
    main = roots[-1].name
    return Imported({main: graphs[main], **graphs}, main, session.remarks.sorted())


def draw_roots(tree: ast.Module, session: Session, name: str | None) -> list[Drawn]:
    """Draw every network that no other uses, the one that is meant last. Raises ImportRefused where there is none."""
    made = read_top(tree, session)
    candidates = find_candidates(tree, session, made, name)
    roots: dict[str, Drawn] = {}
    reasons: list[str] = []
    for title, module in candidates.items():
        try:
            drawn = draw_candidate(tree, session, title, module)
            roots.pop(drawn.name, None)
            roots[drawn.name] = drawn
        except Left as error:
            reasons.append(f"{title} {error}.")
            line = session.classes[title].node.lineno if title in session.classes else 0
            session.remarks.add(line, f"{title} was left out: it {error}. {error.hint}".strip())
    if not roots:
        why = " ".join(reasons) or "There is no class with a forward in it, and no nn.Sequential."
        raise ImportRefused(f"No network was found in this source. {why} Paste a class that is made from nn.Module.")
    return list(roots.values())


def draw_candidate(tree: ast.Module, session: Session, title: str, module: Any) -> Drawn:
    """Draw one network: of a class, of an object that was made of one, or a Sequential. Raises Left."""
    if isinstance(module, Class):
        module, title = make_root(tree, session, module), module.name
    elif isinstance(module, Function):
        module = Frame(session).call(module, [], {})
        if not isinstance(module, (Chain, Instance)):
            raise Left("makes no network")
    drawn = draw_root(module, title, session)
    if drawn is None:
        raise Left("returns no tensors")
    return drawn


def make_root(tree: ast.Module, session: Session, cls: Class) -> Any:
    """An object of a class that no other uses, with the arguments that the source gives it, or the defaults."""
    frame = Frame(session)
    args, kwargs = find_making(tree, cls, frame) or ([], {})
    init = cls.methods.get("__init__")
    if init is not None:
        names = [argument.arg for argument in init.args.args[1:]]
        needed = names[: len(names) - len(init.args.defaults)][len(args) :]
        kwargs = {**{name: Reference(f"${name}", None) for name in needed if name not in kwargs}, **kwargs}
    return make_instance(cls, args, kwargs, frame, cls.node.lineno)


def find_candidates(tree: ast.Module, session: Session, made: dict[str, Any], name: str | None) -> dict[str, Any]:
    """What may be a network of its own, in the order of the source; ``name`` says which one is meant."""
    used = names_used(session)
    objects = {title: value for title, value in made.items() if isinstance(value, Chain)}
    built = {value.cls.name: value for value in made.values() if isinstance(value, Instance)}
    inside = {part.cls.name for chain in objects.values() for _, part in chain.items if isinstance(part, Instance)}
    classes = {title: built.get(title, cls) for title, cls in session.classes.items() if title not in used | inside}
    losses = [title for title in classes if title.endswith("Loss")] if len({**classes, **objects}) > 1 else []
    for title in losses:
        line = session.classes[title].node.lineno
        session.remarks.add(line, f"{title} is a loss, and losses stand in the training graph. It was left out.")
        del classes[title]
    found: dict[str, Any] = {**classes, **objects}
    if name is not None:
        chosen = {**session.classes, **built, **made}.get(name)
        if chosen is None:
            known = join_words([quote(title) for title in {**session.classes, **objects}]) or "none"
            raise ImportRefused(f"There is no network {quote(name)} in this source. There are: {known}.")
        return {name: chosen}
    if not found and session.classes:
        last = next(reversed(session.classes))
        return {last: session.classes[last]}
    return found or {title: value for title, value in session.names.items() if can_make(value)}


def can_make(value: Any) -> bool:
    """Whether a function can be called without arguments to see whether it makes a network."""
    if not isinstance(value, Function) or not isinstance(value.node, ast.FunctionDef):
        return False
    return len(value.node.args.args) == len(value.node.args.defaults)


def names_used(session: Session) -> set[str]:
    """The classes that others name: as parts, or as what they are made from."""
    used: set[str] = set()
    for title, value in session.names.items():
        if isinstance(value, (Class, Function)) and value.node is not None:
            inner = {node.id for node in ast.walk(value.node) if isinstance(node, ast.Name)}
            used |= inner - ({title} if isinstance(value, Class) else set())
    return used & set(session.classes)


def reachable(roots: list[Drawn], networks: dict[str, Drawn]) -> dict[str, Drawn]:
    """The networks that these use as blocks, blocks of blocks included."""
    found: dict[str, Drawn] = {}
    waiting = list(roots)
    while waiting:
        for node in waiting.pop().drawing.nodes.values():
            for name in networks_of(node):
                if name in networks and name not in found:
                    found[name] = networks[name]
                    waiting.append(networks[name])
    return found
