"""The letter of a question, as a mail server receives it: enough alone, its link, nothing of the customer."""

from __future__ import annotations

import pytest

from mail import outbox, questions
from models import Outbox, Question, Queue, Shop, User, utcnow

LINK = "https://spilka.example/answers/WzEsMV0.abc"
WORDS = {
    "uk": ("Питання для «Чайна лавка»: 150 піал", "Адреса дає відповісти на це одне питання протягом 7 днів"),
    "ru": ("Вопрос для «Чайна лавка»: 150 піал", "Адрес позволяет ответить на этот один вопрос в течение 7 дней"),
    "en": ("Question for “Чайна лавка”: 150 піал", "The address answers this one question for 7 days"),
}


@pytest.fixture
def question(db):
    shop = Shop.create(name="Чайна лавка", queue=Queue.create(name="line"))
    operator = User.create(email="iryna@spilka.example", name="Ірина Мороз", password_hash="x")
    return Question.create(shop=shop, call_key="1.1", operator=operator, text="150 піал,\nа в наявності 8. <Чи буде?>")


def owner(language: str) -> User:
    return User.create(email="olena@tea.example", name="Олена", password_hash="x", language=language)


@pytest.mark.parametrize("language", WORDS)
def test_the_owner_receives_it_in_his_language_with_the_link(question, settings, post, language):
    questions.send(question, owner(language), LINK, settings)
    outbox.send_due(utcnow(), settings)
    (mail,) = post.mails
    text, html = (mail.get_body((kind,)).get_content().replace("\r\n", "\n") for kind in ("plain", "html"))
    subject, foot = WORDS[language]
    assert mail["Subject"].startswith(subject) and "\n" not in mail["Subject"] and mail["To"] == "olena@tea.example"
    assert question.text in text and "&lt;Чи буде?&gt;" in html
    for body in (text, html):
        assert LINK in body and "Ірина Мороз" in body and foot in body


def test_a_question_is_sent_once_to_each_owner(question, settings, post):
    first, second = owner("uk"), User.create(email="b@tea.example", name="Б", password_hash="x")
    for each in (first, second, first):
        questions.send(question, each, LINK, settings)
    outbox.send_due(utcnow(), settings)
    assert sorted(mail["To"] for mail in post.mails) == ["b@tea.example", "olena@tea.example"]
    assert {row.about for row in Outbox.select()} == {f"question:{question.id}"}
