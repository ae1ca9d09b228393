"""Roles and what comes with them."""

from __future__ import annotations

import pytest

from models import Phone, QueueOperator, Role
from tests.web import seed
from union import audit, people
from union.faults import Refused


@pytest.fixture
def cast(db, tmp_path):
    return seed.union(tmp_path)


def test_an_operator_stands_before_a_trainee_in_the_line(cast):
    places = dict(QueueOperator.select(QueueOperator.user, QueueOperator.penalty).tuples())
    assert places == {cast.operator.id: 0, cast.trainee.id: people.TRAINEE_PENALTY}


def test_a_trainee_who_becomes_an_operator_moves_to_the_front_and_back(cast):
    role = people.give_role(cast.trainee, "operator", None, audit.BOX)
    assert QueueOperator.get(QueueOperator.user == cast.trainee).penalty == 0
    people.end_role(role, audit.BOX)
    assert QueueOperator.get(QueueOperator.user == cast.trainee).penalty == people.TRAINEE_PENALTY


def test_who_no_longer_answers_has_neither_place_nor_telephone(cast):
    people.give_phone(cast.operator, audit.BOX)
    people.end_role(Role.get(Role.user == cast.operator), audit.BOX)
    assert not QueueOperator.select().where(QueueOperator.user == cast.operator).exists()
    assert not Phone.select().exists()


def test_a_new_telephone_makes_the_old_secret_worthless(cast):
    old = people.give_phone(cast.operator, audit.BOX).secret
    assert people.give_phone(cast.operator, audit.BOX).secret != old
    assert Phone.select().count() == 1


def test_an_owner_gets_no_telephone(cast):
    with pytest.raises(Refused, match="phone_without_role"):
        people.give_phone(cast.owner, audit.BOX)


def test_the_last_coordinator_stays_until_there_is_another(cast):
    role = Role.get(Role.user == cast.coordinator)
    with pytest.raises(Refused, match="last_coordinator"):
        people.end_role(role, audit.BOX)
    people.give_role(cast.owner, "coordinator", None, audit.BOX)
    people.end_role(role, audit.BOX)
    assert not people.rights(cast.coordinator).coordinator


def test_one_person_may_own_shops_and_coordinate(cast):
    people.give_role(cast.owner, "coordinator", None, audit.BOX)
    people.give_role(cast.owner, "owner", cast.soap, audit.BOX)
    rights = people.rights(cast.owner)
    assert (rights.coordinator, rights.shops) == (True, {cast.tea.id, cast.soap.id})


def test_passwords_made_here_are_never_the_same_and_long_enough(cast):
    made = {people.new_password() for _ in range(200)}
    assert len(made) == 200 and all(people.password_fault(password) is None for password in made)
