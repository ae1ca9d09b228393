"""What a shop still needs before its callers are served: six steps, each told by facts, none by a flag.

A number counts as forwarded once a call arrived by it, and the test call is a real one that was answered. So the list
can't say more than is true, and what is done outside of it is ticked as well.
"""

from __future__ import annotations

from dataclasses import dataclass

from calls import menus
from models import Call, Did, Menu, Prompt, PromptSound, QueueOperator, Shop, User, WeekHours

DONE, BEGUN, TODO = "done", "begun", "todo"


@dataclass(frozen=True)
class Checklist:
    """The facts of a shop's beginning. menu: the published one, else the draft."""

    shop: Shop
    dids: tuple[Did, ...]
    arrived: Call | None  # the last call that came in by any of its numbers, answered or not
    served: Call | None  # the last one that was answered, by the menu at least
    menu: Menu | None
    has_greeting: bool
    has_hours: bool
    operators: int

    @property
    def is_published(self) -> bool:
        return self.menu is not None and self.menu.status == "published"

    @property
    def lacks_notice(self) -> bool:
        """Whether calls shall be recorded and the greeting does not say so: then none is."""
        return self.menu is not None and self.shop.recording_wanted and not self.menu.recording_notice

    def steps(self) -> dict[str, str]:
        """Each step's state, in the order they are best done."""
        return {
            "number": DONE if self.arrived else BEGUN if self.dids else TODO,
            "greeting": TODO if not self.has_greeting else BEGUN if self.lacks_notice else DONE,
            "hours": DONE if self.has_hours else TODO,
            "menu": DONE if self.is_published else BEGUN if self.menu else TODO,
            "people": DONE if self.operators else TODO,
            "test": DONE if self.served else TODO,
        }

    def next_step(self, coordinates: bool) -> str | None:
        """The first step that is not done; None when all are. An owner's is one that he can do himself, if there is."""
        open_steps = [name for name, state in self.steps().items() if state != DONE]
        others = {"people"} if self.dids else {"people", "number"}
        own = [name for name in open_steps if coordinates or name not in others]
        return next(iter(own or open_steps), None)


def read(shop: Shop) -> Checklist:
    """How far a shop is."""
    menu = menus.published(shop) or Menu.get_or_none(Menu.shop == shop, Menu.status == "draft")
    return Checklist(
        shop=shop,
        dids=tuple(shop.dids.where(Did.ends_at.is_null()).order_by(Did.id)),
        arrived=_calls_in(shop.id).first(),
        served=_calls_in(shop.id).where(Call.ending != "refused").first(),
        menu=menu,
        has_greeting=_has_greeting(shop, menu),
        has_hours=WeekHours.select().where(WeekHours.shop == shop).exists(),
        operators=_operators(shop),
    )


def _has_greeting(shop: Shop, menu: Menu | None) -> bool:
    """Whether the menu's greeting can be heard; before there is a menu, whether anything is there to begin it with."""
    sounds = PromptSound.select().join(Prompt).where(Prompt.shop == shop)
    return sounds.where(Prompt.id == menu.greeting_id).exists() if menu else sounds.exists()


def is_working(shop_id: int) -> bool:
    """Whether the shop is past its beginning: a menu is published and has answered a call."""
    return bool(menus.published_id(shop_id)) and _calls_in(shop_id).where(Call.ending != "refused").exists()


def _calls_in(shop_id: int):
    """Ended incoming calls, the last first; one that still lives has no ending yet."""
    ended = Call.shop == shop_id, Call.direction == "in", Call.ended_at.is_null(False)
    return Call.select().where(*ended).order_by(Call.arrived_at.desc())


def _operators(shop: Shop) -> int:
    """How many may answer the shop's line."""
    answering = QueueOperator.select().join(User).where(QueueOperator.queue == shop.queue_id, User.is_active)
    return answering.count()
