"""What a schema can't see: rules that speak of facts, lists, classes or rule sets that do not exist."""

from __future__ import annotations

from collections.abc import Mapping

from upwell.knowledge.gates.conditions import parts_of
from upwell.knowledge.gates.model import CodeLists, Condition, DrugClasses, FactBook, Gate, RuleSet
from upwell.knowledge.toml_file import KnowledgeFile, Path


def check_rule_set(
    file: KnowledgeFile, rules: RuleSet, book: FactBook, lists: CodeLists, classes: DrugClasses
) -> None:
    """Refuse a rule that names what nobody knows."""
    for place, rule in enumerate(rules.rules):
        for key, condition in (("when", rule.when), ("unless", rule.unless)):
            for part in () if condition is None else parts_of(condition):
                _check_part(file, part, ("rules", place, key), book, lists, classes)


def _check_part(
    file: KnowledgeFile, part: Condition, path: Path, book: FactBook, lists: CodeLists, classes: DrugClasses
) -> None:
    for fact in (part.fact, part.since, part.given, part.same_day):
        if fact is not None and fact not in book.entries:
            raise file.error(f"no fact “{fact}” stands in the fact book", path)
    if part.has is not None and part.has not in lists.lists:
        raise file.error(f"there is no code list “{part.has}”", path)
    if part.takes is not None and part.takes not in classes.classes:
        raise file.error(f"there is no class of medicines “{part.takes}”", path)


def check_gates(file: KnowledgeFile, gates: Mapping[str, Gate], known: Mapping[str, str]) -> None:
    """Refuse a gate that asks for a rule set that does not exist."""
    for place, gate in enumerate(gates.values()):
        for name in (*gate.rule_sets, *gate.repeats):
            if name not in known:
                raise file.error(f"there is no rule set “{name}”", ("gates", place))
