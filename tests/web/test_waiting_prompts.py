"""The owner picks what his callers hear while they wait."""

from __future__ import annotations

import pytest

from calls import waiting_prompts
from models import AuditEntry, Prompt, WaitingPrompt
from tests.web import seed

HTMX = {"HX-Request": "true"}


def order(shop) -> list[str]:
    return [one.prompt.label for one in waiting_prompts.chosen(shop)]


def prompt(label: str) -> Prompt:
    return Prompt.get(Prompt.label == label)


def test_the_page_of_prompts_shows_the_choice_in_its_order_and_offers_the_rest(as_, cast):
    page = as_("owner").get("/shops/1/prompts").text
    part = page[page.index('id="waiting-prompts"') :]
    assert part.index("Доставка") < part.index("Акція листопада")
    assert f'<option value="{prompt("Вітання").id}">Вітання</option>' in part
    assert f'<option value="{prompt("Доставка").id}"' not in part


@pytest.mark.parametrize("headers", [HTMX, {}], ids=["fragment", "without script"])
def test_one_is_added_moved_and_taken_out(as_, cast, headers):
    browser = as_("owner")

    def post(address: str, **data) -> str:
        answer = browser.post(address, data=data, headers=headers)
        assert answer.status_code == (200 if headers else 302)
        return answer.text if headers else browser.get(answer.location).text

    shown = post("/shops/1/waiting-prompts", prompt=prompt("Вітання").id)
    assert order(cast.tea) == ["Доставка", "Акція листопада", "Вітання"]
    last = WaitingPrompt.get(WaitingPrompt.prompt == prompt("Вітання"))
    assert f'id="out-{last.id}"' in shown
    post(f"/waiting-prompts/{last.id}/up")
    assert order(cast.tea) == ["Доставка", "Вітання", "Акція листопада"]
    post(f"/waiting-prompts/{last.id}/remove")
    assert order(cast.tea) == ["Доставка", "Акція листопада"] and prompt("Вітання")
    told = AuditEntry.select(AuditEntry.action).where(AuditEntry.user == cast.owner).order_by(AuditEntry.id).tuples()
    assert [action for (action,) in told] == [
        "waiting_prompt.create",
        "waiting_prompt.move",
        "waiting_prompt.delete",
    ]


def test_another_shops_prompt_is_not_chosen_and_its_choice_not_touched(as_, cast, settings):
    foreign = seed.prompt(cast.soap, "Мило", settings.prompts_dir)
    as_("owner").post("/shops/1/waiting-prompts", data={"prompt": foreign})
    assert order(cast.tea) == ["Доставка", "Акція листопада"]
    mine = waiting_prompts.chosen(cast.tea)[1]
    assert as_("other_owner").post(f"/waiting-prompts/{mine.id}/up").status_code == 404
    assert as_("owner").post(f"/waiting-prompts/{mine.id}/sideways").status_code == 404
    assert order(cast.tea) == ["Доставка", "Акція листопада"]


def test_a_prompt_that_is_played_in_the_line_stays_until_it_is_taken_out_there(as_, cast, settings):
    made = Prompt.get_by_id(seed.prompt(cast.tea, "Гарантія", settings.prompts_dir))
    browser = as_("owner")
    browser.post("/shops/1/waiting-prompts", data={"prompt": made.id})
    refused = browser.post(f"/prompts/{made.id}/remove")
    assert refused.status_code == 422 and Prompt.get_or_none(Prompt.id == made.id)
    browser.post(f"/waiting-prompts/{WaitingPrompt.get(WaitingPrompt.prompt == made).id}/remove")
    assert browser.post(f"/prompts/{made.id}/remove").status_code == 302
    assert Prompt.get_or_none(Prompt.id == made.id) is None
