"""Success conditions: trees of clauses on factors and on predicted indicators."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from withdrawal_risk.elements.base import (
    Basis,
    Frozen,
    Number,
    Sentence,
    TextLike,
    check_order,
    refuse,
)
from withdrawal_risk.elements.review import Reviewable
from withdrawal_risk.elements.timeline import Month

__all__ = [
    "AllOf",
    "AnyOf",
    "Clause",
    "Condition",
    "MonthCount",
    "NotOf",
    "Tree",
    "clauses",
    "placed_clauses",
]

_Count = Annotated[int, Field(strict=True, ge=1, le=600)]


class MonthCount(Frozen):
    """In how many months of a clause its bound is met."""

    at_least: _Count | None = None
    """In so many or more; exactly one of the two."""

    at_most: Annotated[int, Field(strict=True, ge=0, le=600)] | None = None
    """In so many or fewer."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.at_least is None) == (self.at_most is None):
            raise refuse("months has at_least or at_most, exactly one of the two")
        return self


class Clause(Frozen):
    """One test of a condition, on a factor or on a predicted indicator."""

    factor: str | None = None
    """The factor or policy that is tested; exactly one of ``factor`` and ``indicator``."""

    indicator: str | None = None
    """The indicator that is tested; exactly one of ``factor`` and ``indicator``."""

    statistic: Literal["mean", "min", "max", "total", "last"] = "last"
    """Taken over the clause's months."""

    ever: Annotated[bool, Field(strict=True)] | None = None
    """``true`` where the bound is to be met in some month; instead of ``statistic``."""

    always: Annotated[bool, Field(strict=True)] | None = None
    """``true`` where it is to be met in every month; instead of ``statistic``."""

    months: MonthCount | None = None
    """In how many months it is to be met; instead of ``statistic``."""

    last: Annotated[int, Field(strict=True, ge=1, le=600)] | None = None
    """The last so many months up to the horizon. Default: 1, unless from and to are given."""

    from_: Month | None = Field(default=None, alias="from")
    """First month of a fixed stretch, instead of ``last``."""

    to: Month | None = None
    """Last month of a fixed stretch, instead of ``last``."""

    at_least: Number | Sentence | None = None
    """Lower bound: a number, a level name for a factor, a category for an ordinal indicator."""

    at_most: Number | Sentence | None = None
    """Upper bound, written in the same way; exactly one of the two. A yes or no that counts months
    may leave both out and then asks for a yes."""

    resolution: TextLike | None = None
    """Where an outsider reads the answer."""

    why: TextLike | None = None
    """Why this test, and why this bound."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.factor is None) == (self.indicator is None):
            raise refuse("a clause names a factor or an indicator, exactly one of the two")
        counts = self._counts()
        if self.at_least is not None and self.at_most is not None:
            raise refuse("a clause has at_least or at_most, exactly one of the two")
        if self.at_least is None and self.at_most is None and not (counts and self.indicator):
            raise refuse("a clause has at_least or at_most, exactly one of the two")
        # The months of a clause are the last so many, or a fixed stretch, never half of one.
        if (self.from_ is None) != (self.to is None):
            raise refuse("'from' and 'to' go together")
        if self.from_ is not None and self.to is not None:
            if self.last is not None:
                raise refuse("a clause has 'last' or 'from' and 'to', not both")
            check_order(self.from_, self.to)
        self._can_be_counted()
        return self

    def _counts(self) -> bool:
        """Say whether the clause counts months, refusing what goes with no count."""
        given = [key for key in ("ever", "always", "months") if getattr(self, key) is not None]
        for key in ("ever", "always"):
            if getattr(self, key) is False:
                raise refuse(
                    "{key}: false says the opposite; write {key}: true within not", key=key
                )
        if len(given) > 1:
            raise refuse("{given}: a clause counts months in one way", given=" and ".join(given))
        if given and "statistic" in self.model_fields_set:
            raise refuse(
                "{key} looks at single months; leave statistic out, or {key}", key=given[0]
            )
        if given and self.last is None and self.from_ is None:
            raise refuse("{key} needs months to look at: from and to, or last", key=given[0])
        return bool(given)

    def _can_be_counted(self) -> None:
        """Refuse more months than there are."""
        there = self.last
        if self.from_ is not None and self.to is not None:
            there = self.to - self.from_ + 1
        asked = None if self.months is None else self.months.at_least
        if asked is not None and there is not None and asked > there:
            raise refuse(
                "months: at_least {asked} is more than the clause's {there}",
                asked=asked,
                there=there,
            )

    @property
    def month_count(self) -> MonthCount | None:
        """In how many months the bound is to be met; None where a statistic is taken.

        That ``always`` holds is counted as none in which it does not; see `counts_failures`.
        """
        if self.ever:
            return MonthCount(at_least=1)
        return MonthCount(at_most=0) if self.always else self.months

    @property
    def counts_failures(self) -> bool:
        """Whether `month_count` counts the months in which the bound is not met."""
        return bool(self.always)

    @property
    def is_lower(self) -> bool:
        """Whether the bound is a lower one; that of a clause which asks for a yes is."""
        return self.at_most is None

    @property
    def subject(self) -> str:
        """The factor or indicator the clause is about."""
        return self.factor or self.indicator or ""

    @property
    def bound(self) -> float | str:
        """The threshold as written."""
        # Compared with None, because a bound of 0 is a bound.
        value = self.at_least if self.at_least is not None else self.at_most
        return 1.0 if value is None else value


def _tree_kind(value: Any) -> str:
    # Pydantic asks with raw data when it reads and with parsed trees when it writes.
    if isinstance(value, (AllOf, AnyOf, NotOf)):
        return value.kind
    if isinstance(value, Mapping):
        # A mapping with none of the keys can only be a clause.
        for kind in ("all", "any", "not"):
            if kind in value:
                return kind
    return "clause"


class AllOf(Frozen):
    """True where every part is."""

    kind: ClassVar[Literal["all"]] = "all"

    all: Annotated[tuple[Tree, ...], Field(min_length=1)]
    """The parts: clauses, or further ``all`` and ``any``."""

    @property
    def parts(self) -> tuple[Tree, ...]:
        """The parts, whatever the kind."""
        return self.all


class AnyOf(Frozen):
    """True where at least one part is."""

    kind: ClassVar[Literal["any"]] = "any"

    any: Annotated[tuple[Tree, ...], Field(min_length=1)]
    """The parts: clauses, or further ``all`` and ``any``."""

    @property
    def parts(self) -> tuple[Tree, ...]:
        """The parts, whatever the kind."""
        return self.any


class NotOf(Frozen):
    """True where its part is not."""

    kind: ClassVar[Literal["not"]] = "not"

    not_: Tree = Field(alias="not")
    """A clause, or a further ``all`` or ``any``."""

    @property
    def parts(self) -> tuple[Tree, ...]:
        """The one part."""
        return (self.not_,)


Tree = Annotated[
    Annotated[AllOf, Tag("all")]
    | Annotated[AnyOf, Tag("any")]
    | Annotated[NotOf, Tag("not")]
    | Annotated[Clause, Tag("clause")],
    Discriminator(_tree_kind),
]


class Condition(Reviewable):
    """A named success condition: a tree of clauses under ``all`` or ``any``."""

    label: TextLike
    """Its name for people."""

    all: Annotated[tuple[Tree, ...], Field(min_length=1)] | None = None
    """Parts that must all hold; exactly one of ``all`` and ``any``."""

    any: Annotated[tuple[Tree, ...], Field(min_length=1)] | None = None
    """Parts of which one must hold; exactly one of ``all`` and ``any``."""

    basis: Basis
    """What it rests on."""

    why: TextLike
    """Why it counts as success."""

    @model_validator(mode="after")
    def _one_root(self) -> Self:
        if (self.all is None) == (self.any is None):
            raise refuse("a condition has all or any at its root, exactly one of the two")
        return self

    @property
    def tree(self) -> AllOf | AnyOf:
        """The tree under the root."""
        return AllOf(all=self.all) if self.all is not None else AnyOf(any=self.any or ())


def clauses(tree: Tree) -> list[Clause]:
    """Return the clauses of a condition tree, in reading order."""
    return [clause for _, clause in placed_clauses(tree, ())]


def placed_clauses(
    tree: Tree, place: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], Clause]]:
    """Yield the clauses of a tree in reading order, with their places in the file."""
    if isinstance(tree, Clause):
        yield place, tree
        return
    # Groups may be nested to any depth.
    for number, part in enumerate(tree.parts):
        # A list of parts has positions, the one part of a `not` has none.
        inner = (tree.kind,) if isinstance(tree, NotOf) else (tree.kind, number)
        yield from placed_clauses(part, (*place, *inner))
