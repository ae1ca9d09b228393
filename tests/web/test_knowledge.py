"""Beside a call: what to say, what to know, and a question whose answer comes back; of the shop of her call alone."""

from __future__ import annotations

import re
from html import unescape

import pytest

from models import Call, Leg, Outbox, Question, Role, User, utcnow
from orders import cards, questions, scripts
from orders.scripts import Step
from tests.web import seed, seed_knowledge
from union.audit import Actor

HX = {"HX-Request": "true"}
PANE = "/desk/calls/a7.1/knowledge"


@pytest.fixture
def operator(as_, cast):
    seed.calls(cast)
    seed_knowledge.knowledge(cast)
    return as_("operator")


def seen(page: str) -> str:
    return unescape(re.search(r'hx-get="([^"]+seen=\w+)"', page)[1])


def found(page: str) -> list[str]:
    return [unescape(title) for title in re.findall(r'class="title">([^<]+)<', page)]


def link_of(mail: Outbox) -> str:
    return re.search(r"http://localhost(/answers/\S+)", mail.text)[1]


def test_the_pane_is_one_fragment_and_a_page_for_a_browser_without_script(operator):
    fragment, page = operator.get(PANE, headers=HX).text, operator.get(PANE).text
    assert fragment.lstrip().startswith('<div id="knowledge-pane"') and "<html" not in fragment and "<html" in page
    said = re.findall(r'id="say-(\w+)"', fragment)
    assert (
        said == ["greeting", "questions", "objections", "closing"]
        and "Дорого!" in fragment
        and "Мене звати Ірина." in fragment
    )


def test_what_is_typed_brings_the_results_alone_with_price_stock_and_age(operator):
    answer = operator.get(f"{PANE}?q=чайникам", headers={**HX, "HX-Target": "card-results"}).text
    assert answer.lstrip().startswith('<div id="card-results"') and found(answer) == ["Чайник глиняний, 200 мл"]
    assert "1\u00a0250,50\u00a0₴" in answer and "1 день тому" in answer and "немає" in answer


def test_nothing_comes_while_nothing_is_new_and_every_change_comes(operator, cast):
    owner, address = Actor(cast.owner), seen(operator.get(PANE, headers=HX).text)
    pu_erh, waiting = (
        cards.present(cast.tea).get(),
        questions.unanswered(cast.tea).where(Question.call_key == "a7.1").get(),
    )
    for change, told in (
        (lambda: cards.change(pu_erh, {"price_minor": 99900}, owner), "999\u00a0₴"),
        (lambda: scripts.write(cast.tea, [Step("greeting", "Вітаємо щиро!")], 1, owner), "Вітаємо щиро!"),
        (lambda: questions.answer(waiting, "Коробка є, 40 гривень.", owner), "Коробка є"),
    ):
        assert operator.get(address, headers=HX).status_code == 204
        change()
        answer = operator.get(f"{address}&q=", headers=HX)
        assert answer.status_code == 200 and told in answer.text
        address = seen(answer.text)


def test_a_call_that_is_not_hers_is_not_found(operator, as_, cast):
    for address in (PANE, f"{PANE}?q=чай"):
        assert as_("trainee").get(address, headers=HX).status_code == 404
    assert as_("trainee").post("/desk/calls/a7.1/questions", data={"text": "?"}).status_code == 404
    assert operator.get("/desk/calls/nothing/knowledge").status_code == 404


def test_beside_another_shops_call_nothing_of_this_one_is_said_or_found(operator, cast):
    call = Call.create(key="s1.1", direction="in", shop=cast.soap, customer=seed.CUSTOMERS[0], arrived_at=utcnow())
    Leg.create(call=call, uniqueid="s1.2", party="operator", user=cast.operator, rang_at=utcnow())
    page = operator.get("/desk/calls/s1.1/knowledge?q=чай", headers=HX).text
    assert found(page) == [] and "Чайна" not in page and "піал" not in page


def test_a_question_is_sent_to_every_owner_of_the_shop_at_once(operator, cast):
    second = User.create(email="second@tea.example", name="Друга", password_hash="x", language="en")
    Role.create(user=second, kind="owner", shop=cast.tea)
    answer = operator.post("/desk/calls/a7.1/questions", data={"text": "Чи є ситечко?", "q": "піала"}, headers=HX)
    assert answer.status_code == 200 and "Чи є ситечко?" in answer.text and found(answer.text) == ["Піала порцелянова"]
    mails = {mail.recipient: mail for mail in Outbox.select().where(Outbox.kind == "question")}
    assert set(mails) == {"olena@tea.example", "second@tea.example"}
    assert "Question for" in mails["second@tea.example"].subject
    digits = [number[-9:] for number in seed.CUSTOMERS]
    assert not any(number in mail.text + mail.html + mail.subject for mail in mails.values() for number in digits)


def test_asked_twice_by_a_lost_answer_it_is_one_question_and_one_letter(operator):
    for _ in range(2):
        operator.post("/desk/calls/a7.1/questions", data={"text": "Чи є ситечко?"}, headers=HX)
    assert Question.select().where(Question.text == "Чи є ситечко?").count() == 1
    assert Outbox.select().where(Outbox.kind == "question").count() == 1


@pytest.mark.parametrize("text", ["", "   ", "а" * 1001])
def test_a_question_that_is_none_is_refused_with_its_words_kept(operator, text):
    answer = operator.post("/desk/calls/a7.1/questions", data={"text": text}, headers=HX)
    assert answer.status_code == 422 and 'id="text-fault"' in answer.text and text.strip() in answer.text
    assert Outbox.select().where(Outbox.kind == "question").count() == 0


def test_the_owner_answers_by_the_link_without_logging_in(operator, as_, cast):
    operator.post("/desk/calls/a7.1/questions", data={"text": "Чи є ситечко?"}, headers=HX)
    link, stranger = link_of(Outbox.get(Outbox.kind == "question")), as_(None)
    page = stranger.get(link)
    assert page.status_code == 200 and "Чи є ситечко?" in page.text and page.headers["Cache-Control"] == "no-store"
    assert "a7.1" not in page.text and "піал" not in page.text.replace("Чи є", "")
    assert Question.get(Question.text == "Чи є ситечко?").answered_at is None  # opening it answers nothing
    assert stranger.post(link, data={"answer": ""}).status_code == 422
    assert stranger.post(link, data={"answer": "Є, 90 гривень."}).status_code == 302
    assert "Є, 90 гривень." in stranger.get(link).text
    assert "Є, 90 гривень." in operator.get(PANE, headers=HX).text
    assert Question.get(Question.text == "Чи є ситечко?").answered_by == cast.owner


def test_of_two_owners_the_second_sees_that_it_is_answered(operator, as_, cast):
    operator.post("/desk/calls/a7.1/questions", data={"text": "Чи є ситечко?"}, headers=HX)
    question, link = Question.get(Question.text == "Чи є ситечко?"), link_of(Outbox.get(Outbox.kind == "question"))
    assert (
        as_("owner").post(f"/shops/1/questions/{question.id}/answer", data={f"q{question.id}-answer": "Є."}).status_code
        == 302
    )
    late = as_(None).post(link, data={"answer": "Немає."})
    assert late.status_code == 422 and "Є." in late.text
    assert Question.get_by_id(question.id).answer == "Є."


def test_the_link_opens_one_question_and_nothing_else(operator, as_):
    operator.post("/desk/calls/a7.1/questions", data={"text": "Чи є ситечко?"}, headers=HX)
    stranger = as_(None)
    stranger.get(link_of(Outbox.get(Outbox.kind == "question")))
    assert stranger.get("/shops/1/questions").status_code == 302
    assert stranger.get("/answers/" + "x" * 50).status_code == 410


def test_the_answer_is_on_the_askers_page_after_the_call(operator, as_, cast):
    page = operator.get("/desk/questions").text
    assert "а про пуер хай спитає лікаря" in page and "150 піал" in page
    assert "пуер" not in as_("trainee").get("/desk/questions").text


def test_an_owner_sees_what_waits_answers_it_and_makes_it_a_card(operator, as_, cast):
    owner, question = as_("owner"), questions.unanswered(cast.tea).first()
    page = owner.get("/shops/1/questions").text
    assert "150 піал" in page and "3 години тому" in page and 'class="badge">2<' in page
    wrong = owner.post(f"/shops/1/questions/{question.id}/answer", data={f"q{question.id}-answer": "а" * 2001})
    assert wrong.status_code == 422 and f'id="q{question.id}-answer-fault"' in wrong.text and "а" * 2001 in wrong.text
    owner.post(f"/shops/1/questions/{question.id}/answer", data={f"q{question.id}-answer": "Буде 160."})
    made = owner.post(f"/shops/1/questions/{question.id}/card")
    assert "Буде 160." in owner.get(made.location).text
    assert found(operator.get(f"{PANE}?q=весілля", headers=HX).text) == [question.text]
    assert owner.post(f"/shops/1/questions/{question.id}/card").location == made.location


def test_an_unanswered_question_makes_no_card(operator, as_, cast):
    question = questions.unanswered(cast.tea).first()
    assert as_("owner").post(f"/shops/1/questions/{question.id}/card").status_code == 404
    assert as_("other_owner").post(f"/shops/2/questions/{question.id}/card").status_code == 404


def test_the_desk_greets_in_the_shops_own_words(operator, cast):
    greeting = re.compile(r'<p class="greeting"><q lang="uk">([^<]*)<')
    assert greeting.search(operator.get("/desk/calls/a7.1").text)[1].startswith(
        "Чайна лавка, добрий день! Мене звати Ірина."
    )
    scripts.write(cast.tea, [], 1, Actor(cast.owner))
    assert greeting.search(operator.get("/desk/calls/a7.1").text)[1]
    assert "Мене звати Ірина." not in operator.get("/desk/calls/a7.1/knowledge").text
