"""The simulator and the telephone agree: for any menu and any keys, the same steps, the same sounds, the same end."""

from __future__ import annotations

import random

import models
from calls import menus
from calls.menu_walk import SILENCE, Step, readable, walk
from calls.menus import KEYS, MOST_KEYS, MenuOption, Option, Tree
from models import Prompt

KINDS = (*MenuOption.KINDS, "information")


def test_for_any_menu_and_any_keys_both_take_the_same_steps(call, tea, times):
    prompts = [tea.prompt(f"p{number}", seconds=0.1).id for number in range(4)] + [
        None,
        Prompt.create(shop=1, label="mute").id,
    ]
    today = models.utcnow().date()
    for seed in range(times(600)):
        chance = random.Random(seed)
        tree = grown(chance, prompts)
        menus.save(menus.draft(tea.shop), tree)
        menu = menus.draft(tea.shop)
        pressed = "".join(chance.choices(KEYS + SILENCE * 3, k=chance.randrange(12)))
        acts = {"wait": [key.replace(SILENCE, "") for key in pressed]}
        story = call("menu", acts, ROUTE="open", MENU=str(menu.id))
        sounding = menus.recorded(tea.shop)
        steps = walk(menus.read(menu), (pressed + SILENCE * MOST_KEYS)[:MOST_KEYS], today, sounding)
        assert story.steps == [said for step in steps if (said := emitted(step))], (seed, tree, pressed)
        played = [step.phrase or sounding[step.prompt]["uk"] for step in steps if step.phrase or step.prompt]
        assert [sound for sound in story.sounds if sound != "wait"] == played, (seed, tree, pressed)


def emitted(step: Step) -> str:
    """The MENU event the telephone emits of a step; "" for one without."""
    match step.what:
        case "greeting" | "announcement":
            return f"{step.what}|{step.prompt}"
        case "keys" | "information":
            return f"{step.what}|{step.option.id if step.option else ''}"
        case "goodbye" | "promise":
            return ""
    return f"{step.what}|{step.value}"


def grown(chance: random.Random, prompts: list[int | None], depth: int = 0) -> Tree:
    """A menu of any shape, good or bad."""
    fields = {name: chance.choice(prompts) for name in ("greeting", "announcement", "keys")}
    return Tree(**fields, repeats=chance.randrange(4), options=options(chance, prompts, depth))


def options(chance: random.Random, prompts: list[int | None], depth: int) -> tuple[Option, ...]:
    made = []
    for key in chance.sample(KEYS, chance.randrange(5)):
        kind = chance.choice(KINDS)
        below = options(chance, prompts, depth + 1) if kind == "menu" and depth < 2 else ()
        made.append(Option(key, kind, chance.choice(prompts), "", below))
    return tuple(made)


def test_only_keys_are_pressed_and_no_more_than_a_call_takes():
    assert readable("1<a>_9#x²") == "1_9#"
    assert len(readable("1" * 1000)) == MOST_KEYS
