"""The databases of the tests themselves: who we are in them, and that one test does not see another's."""

import psycopg
import pytest
from django.db import ProgrammingError, connection

from practice.config.addresses import Database


@pytest.mark.django_db
def test_tests_run_as_the_app_role_which_owns_nothing():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = 'al_app'")
        assert cursor.fetchone() == ("al_app", 0)


@pytest.mark.django_db
def test_the_app_role_makes_no_tables():
    with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE mine (id int)")


@pytest.mark.django_db
def test_the_app_role_makes_no_temporary_tables_that_could_hide_real_ones():
    with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE mine (id int)")


def test_a_fresh_database_commits_for_itself_alone(fresh_db: Database):
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    Session.objects.create(session_key="kept", session_data="", expire_date=timezone.now())
    with psycopg.connect(**fresh_db.conninfo()) as other:
        assert other.execute("SELECT session_key FROM django_session").fetchall() == [("kept",)]


def test_the_next_fresh_database_is_empty_again(fresh_db: Database):
    from django.contrib.sessions.models import Session

    assert not Session.objects.exists()
