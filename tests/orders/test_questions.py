"""A question to the shop: one answer, a link for one owner and some days, a card of it by one touch."""

from __future__ import annotations

import datetime as dt

import pytest

import settings as spilka
from calls.served import Served
from models import Card, Question, Role, User, utcnow
from orders import cards, questions
from union.faults import Refused


@pytest.fixture
def settings(tmp_path):
    return spilka.Settings(data_dir=tmp_path, secret_key="s" * 32, ami_secret="a" * 16)


@pytest.fixture
def operator(db):
    return User.create(email="iryna@spilka.example", name="Ірина", password_hash="x")


@pytest.fixture
def question(tea, owner, operator):
    Role.create(user=owner.user, kind="owner", shop=tea)
    return questions.ask(of(tea), operator, "150 піал, а в наявності 8?")


def of(shop, key: str = "1.1") -> Served:
    return Served(key, shop, None, "+380671112233", None, None)


def test_the_first_answer_counts(question, owner):
    questions.answer(question, "Буде 160 у четвер.", owner)
    with pytest.raises(Refused) as refused:
        questions.answer(question, "Ні.", owner)
    assert refused.value.faults == {"answer": "answered_already"}
    row = Question.get()
    assert (row.answer, row.answered_by) == ("Буде 160 у четвер.", owner.user) and row.answered_at


@pytest.mark.parametrize(("text", "fault"), [("", "missing"), ("а" * 1001, "text_long")])
def test_a_question_without_words_or_with_too_many_is_refused(tea, operator, text, fault):
    with pytest.raises(Refused) as refused:
        questions.ask(of(tea), operator, text)
    assert refused.value.faults == {"text": fault}


def test_the_same_words_again_in_one_call_are_one_question(question, tea, operator):
    assert questions.ask(of(tea), operator, question.text) == question
    assert questions.ask(of(tea, "2.1"), operator, question.text) != question


def test_the_link_opens_its_question_for_its_owner(question, owner, settings):
    token = questions.token(question, owner.user, settings)
    assert questions.opened(token, utcnow(), settings) == (question, owner.user)


def test_the_link_opens_nothing_after_its_days(question, owner, settings):
    token = questions.token(question, owner.user, settings)
    last = question.asked_at + settings.question_link_days * dt.timedelta(days=1)
    assert questions.opened(token, last - dt.timedelta(seconds=1), settings)
    assert questions.opened(token, last, settings) is None


def test_the_link_of_one_who_owns_the_shop_no_more_opens_nothing(question, owner, operator, settings):
    token = questions.token(question, owner.user, settings)
    assert questions.opened(questions.token(question, operator, settings), utcnow(), settings) is None
    User.update(is_active=False).where(User.id == owner.user.id).execute()
    assert questions.opened(token, utcnow(), settings) is None
    User.update(is_active=True).execute()
    Role.update(ends_at=utcnow()).execute()
    assert questions.opened(token, utcnow(), settings) is None


def test_a_link_that_somebody_made_or_altered_opens_nothing(question, owner, settings):
    token = questions.token(question, owner.user, settings)
    stranger = spilka.Settings(secret_key="t" * 32, ami_secret="a" * 16)
    forged = questions.token(question, owner.user, stranger)
    others = ("", "x", token[:-1], token[1:], "[2,1]" + token[5:], forged, token.replace(".", "..", 1))
    assert [questions.opened(other, utcnow(), settings) for other in others] == [None] * len(others)


def test_a_card_is_made_once_of_an_answer_and_found_by_what_was_asked(question, owner, tea):
    questions.answer(question, "Буде 160 у четвер.", owner)
    card = questions.make_card(question, owner)
    assert (card.title, card.text, card.kind) == (question.text, "Буде 160 у четвер.", "other")
    assert questions.make_card(question, owner) == card and Card.select().count() == 1


def test_a_title_that_is_there_already_and_one_too_long_are_mended(question, owner, operator, tea):
    cards.add(tea, {"kind": "other", "title": question.text}, owner)
    long = questions.ask(of(tea), operator, "чи\nє " * 200)
    for each in (question, long):
        questions.answer(each, "Так.", owner)
        card = questions.make_card(each, owner)
        assert len(card.title) <= cards.MOST_TITLE and "\n" not in card.title
    assert Card.select().where(Card.title == f"{question.text} ({question.id})").exists()


def test_the_version_tells_a_new_question_and_its_answer(question, tea, operator, owner):
    seen = [questions.version("1.1", operator)]
    another = questions.ask(of(tea), operator, "А коробка?")
    seen.append(questions.version("1.1", operator))
    questions.answer(another, "Є.", owner)
    seen.append(questions.version("1.1", operator))
    assert len(set(seen)) == 3
