"""What the surroundings may say, and the sentence for what they may not."""

import base64
import json
from pathlib import Path

import pytest

from practice.config import environment
from practice.config.addresses import Database, Email, Misconfigured, Valkey

KEY = base64.b64encode(b"k" * 32).decode()
PRACTICE = {
    "ALONGSIDE_MODE": "practice",
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "ALLOWED_HOSTS": "practice.example",
    "DATABASE_URL": "postgresql://al_app:pw@db.example/alongside",
    "REDIS_URL": "redis://:pw@valkey.example:6379/0",
    "EMAIL_URL": "smtp+tls://user:pw@mail.example",
    "ALONGSIDE_URL": "https://practice.example",
    "ALONGSIDE_KEY": KEY,
}


def read(values: dict[str, str], home: Path | None = None) -> environment.Environment:
    return environment.read({"ALONGSIDE_HOME": str(home or "/nowhere")} | values)


def test_a_demo_needs_nothing_and_answers_on_this_machine_only(tmp_path):
    here = read({}, tmp_path)
    assert (here.mode, here.debug, here.as_owner) == ("demo", False, False)
    assert here.allowed_hosts == ["127.0.0.1", "localhost", "[::1]"]
    assert len(here.secret_key) >= 50


def test_a_whole_practice_is_accepted():
    here = read(PRACTICE)
    assert here.mode == "practice"
    assert here.mail_from == "no-reply@practice.example"
    assert here.email == Email(host="mail.example", port=587, user="user", password="pw", tls="starttls")
    assert here.database(as_owner=False)["USER"] == "al_app"


@pytest.mark.parametrize(
    "missing", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL", "EMAIL_URL", "ALONGSIDE_URL"]
)
def test_a_practice_without_one_is_refused_by_its_name(missing):
    with pytest.raises(Misconfigured, match=f"^{missing} is not set"):
        read({name: value for name, value in PRACTICE.items() if name != missing})


def test_a_practice_without_a_key_is_refused_by_its_name():
    with pytest.raises(Misconfigured, match="^ALONGSIDE_KEY_FILE is not set"):
        read(PRACTICE | {"ALONGSIDE_KEY": ""})


WRONG = [
    ("ALONGSIDE_MODE", "production", "it must be demo, practice or test"),
    ("ALONGSIDE_HOME", "var", "full path"),
    ("ALONGSIDE_AS", "root", "app or owner"),
    ("ALONGSIDE_PROXIES", "yes", "0 to 3"),
    ("ALONGSIDE_MAIL_FROM", "anna", "mail address"),
    ("ALONGSIDE_TILES", "https://tiles.example/map.png", "{z}/{x}/{y}"),
    ("ALONGSIDE_TILES", "http://tiles.example/{z}/{x}/{y}.png", "https://"),
    ("ALONGSIDE_TILES", "https://tiles.example; script-src */{z}/{x}/{y}.png", "host"),
    ("ALONGSIDE_TILES", "https://tiles.example/{z}/{x}/{y}.png", "has to be named"),
    ("SECRET_KEY", "hunter2hunter2", "too easy to guess"),
    ("SECRET_KEY", "a" * 60, "too easy to guess"),
    ("ALLOWED_HOSTS", "*", "one by one"),
    ("ALLOWED_HOSTS", "https://practice.example", "without http://"),
    ("DATABASE_URL", "mysql://al_app:pw@db/alongside", "postgresql:// or postgres://"),
    ("DATABASE_URL", "postgresql://al_app:pw@db", "does not name a database"),
    ("DATABASE_URL", "postgresql://db/alongside", "who logs in"),
    ("DATABASE_URL", "postgresql://al_app:pw@/alongside", "has no host"),
    ("DATABASE_URL", "postgresql://al_app:pw@db/alongside?options=-c", "the option 'options'"),
    ("DATABASE_URL", "postgresql://al_app:pw@db:notaport/alongside", "cannot be read as an address"),
    ("OWNER_DATABASE_URL", "al_owner", "postgresql:// or postgres://"),
    ("REDIS_URL", "http://:pw@valkey:6379", "redis://, rediss:// or unix://"),
    ("REDIS_URL", "redis+socket:///run/valkey.sock", "redis://, rediss:// or unix://"),
    ("REDIS_URL", "unix://valkey.sock", "full path"),
    ("REDIS_URL", "redis://valkey/first", "not a number"),
    ("EMAIL_URL", "https://mail.example", "smtp://, smtps:// or smtp+tls://"),
    ("EMAIL_URL", "smtp://mail.example/inbox", "means nothing here"),
    ("ALONGSIDE_URL", "practice.example", "https://practice.example is expected"),
    ("ALONGSIDE_URL", "http://practice.example", "over https:// only"),
    ("ALONGSIDE_WEATHER", "bbc", "it must be open-meteo, sample or off"),
    ("ALONGSIDE_WEATHER", "sample", "a real practice cannot have it"),
    ("ALONGSIDE_WEATHER_URL", "weather.example", "https:// or http://"),
    ("ALONGSIDE_WEATHER_URL", "http://weather.example", "must start with https://"),
    ("ALONGSIDE_WEATHER_URL", "http://8.8.8.8", "must start with https://"),
    ("ALONGSIDE_AIR_URL", "https://weather.example/v1", "means nothing here"),
    ("ALONGSIDE_AIR_URL", "https://user:hunter2@weather.example", "means nothing here"),
    ("ALONGSIDE_AIR_URL", "https://:443", "has no host"),
    ("ALONGSIDE_KEY", "c2hvcnQ=", "base64 of 32 bytes"),
    ("ALONGSIDE_KEY", "not base64 at all", "base64 of 32 bytes"),
    ("ALONGSIDE_KEY_FILE", "/nowhere/alongside.key", "both set"),
]


@pytest.mark.parametrize(("variable", "value", "says"), WRONG)
def test_a_wrong_value_is_one_sentence_that_names_the_variable_and_no_password(variable, value, says):
    with pytest.raises(Misconfigured) as refusal:
        read(PRACTICE | {variable: value})
    text = str(refusal.value)
    assert text.startswith(variable)
    assert says in text
    assert "\n" not in text
    assert ":pw@" not in text and "hunter2" not in text


def test_a_password_in_a_mistyped_address_is_not_repeated():
    with pytest.raises(Misconfigured) as refusal:
        read(PRACTICE | {"REDIS_URL": "http://:secret-word@valkey:6379"})
    assert "secret-word" not in str(refusal.value)


def test_the_values_are_not_shown_when_the_environment_is_printed():
    shown = repr(read(PRACTICE | {"DATABASE_URL": "postgresql://al_app:secret-word@db/alongside"}))
    assert "secret-word" not in shown and PRACTICE["SECRET_KEY"] not in shown and KEY not in shown


def test_a_demo_refuses_to_answer_to_other_machines():
    with pytest.raises(Misconfigured, match="ALLOWED_HOSTS names 'practice.example'"):
        read({"ALLOWED_HOSTS": "practice.example"})


@pytest.mark.parametrize(
    ("content", "mode", "says"),
    [(KEY, 0o644, "others on this machine"), ("garbage", 0o600, "base64 of 32 bytes"), ("", 0o600, "base64")],
)
def test_a_wrong_key_file_is_refused(tmp_path, content, mode, says):
    file = tmp_path / "alongside.key"
    file.write_text(content)
    file.chmod(mode)
    with pytest.raises(Misconfigured, match=r"^ALONGSIDE_KEY_FILE") as refusal:
        read({"ALONGSIDE_KEY_FILE": str(file)})
    assert says in str(refusal.value)
    assert not content or content not in str(refusal.value)


def test_a_key_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(Misconfigured, match="cannot be read: No such file"):
        read({"ALONGSIDE_KEY_FILE": str(tmp_path / "none")})


def test_a_practice_keeps_its_key_away_from_its_records(tmp_path):
    file = tmp_path / "records" / "key" / "alongside.key"
    file.parent.mkdir(parents=True)
    file.write_text(KEY)
    file.chmod(0o600)
    values = {name: value for name, value in PRACTICE.items() if name != "ALONGSIDE_KEY"}
    with pytest.raises(Misconfigured, match="different folder"):
        read(values | {"ALONGSIDE_KEY_FILE": str(file)}, tmp_path / "records")
    assert read(values | {"ALONGSIDE_KEY_FILE": str(file)}, tmp_path / "elsewhere").key == b"k" * 32


def test_a_demo_has_a_sample_of_the_weather_and_a_practice_asks_nobody_until_it_says_so():
    assert [read({}).weather.source, read({"ALONGSIDE_MODE": "test"}).weather.source] == ["sample", "sample"]
    assert read(PRACTICE).weather.source == "off"


def test_the_weather_is_asked_of_open_meteo_of_its_customers_hosts_or_of_a_server_of_ones_own():
    asked = read(PRACTICE | {"ALONGSIDE_WEATHER": "open-meteo"}).weather
    assert asked.forecast_url == "https://api.open-meteo.com"
    assert asked.air_url == "https://air-quality-api.open-meteo.com"
    customer = read(PRACTICE | {"ALONGSIDE_WEATHER": "open-meteo", "ALONGSIDE_WEATHER_KEY": "secret-word"}).weather
    assert customer.forecast_url == "https://customer-api.open-meteo.com"
    assert customer.air_url == "https://customer-air-quality-api.open-meteo.com"
    assert "secret-word" not in repr(customer)
    for own in ("http://open-meteo:8080", "http://192.168.1.5:8080", "http://[::1]:8080", "https://w.example:8443"):
        assert read(PRACTICE | {"ALONGSIDE_WEATHER_URL": own + "/"}).weather.forecast_url == own


def test_what_the_launcher_left_fills_a_demo_and_the_owner_only_when_asked(tmp_path):
    run = tmp_path / "run"
    run.mkdir()
    left = {
        "DATABASE_URL": "postgresql://al_app:a@/alongside?host=/tmp/x",
        "OWNER_DATABASE_URL": "postgresql://al_owner:o@/alongside?host=/tmp/x",
        "SECRET_KEY": "s" * 50,
    }
    (run / "environment.json").write_text(json.dumps(left))
    assert read({}, tmp_path).app.host == "/tmp/x"
    assert read({}, tmp_path).owner is None
    assert read({"ALONGSIDE_AS": "owner"}, tmp_path).database()["USER"] == "al_owner"
    assert environment.read({"ALONGSIDE_HOME": str(tmp_path)}, as_owner=True).owner is not None
    given = {"DATABASE_URL": "postgresql://al_app:pw@db/other"}
    assert read(given, tmp_path).app.name == "other"


def test_the_owner_is_named_when_it_is_missing():
    with pytest.raises(Misconfigured, match="^OWNER_DATABASE_URL is not set"):
        read(PRACTICE | {"ALONGSIDE_AS": "owner"}).database()


@pytest.mark.parametrize(
    ("url", "host", "port", "password"),
    [
        ("postgresql://u:p%40ss%2Fw@db.example:5433/d", "db.example", "5433", "p@ss/w"),
        ("postgres://u:p@%2Frun%2FPostgreSQL/d", "/run/PostgreSQL", "", "p"),
        ("postgresql://u:p@/d?host=/tmp/a%20b&port=5444", "/tmp/a b", "5444", "p"),
        ("postgresql://u:p@[::1]:5432/d", "::1", "5432", "p"),
        ("postgresql://u@db/d", "db", "", ""),
    ],
)
def test_database_addresses_survive_a_round_trip(url, host, port, password):
    found = Database.parse("DATABASE_URL", url)
    assert (found.host, found.port, found.password) == (host, port, password)
    assert Database.parse("DATABASE_URL", found.url) == found


def test_tls_options_of_a_database_reach_the_driver():
    found = Database.parse("DATABASE_URL", "postgresql://u:p@db/d?sslmode=verify-full&sslrootcert=/ca.pem")
    assert found.django()["OPTIONS"] == {"sslmode": "verify-full", "sslrootcert": "/ca.pem"}


@pytest.mark.parametrize(
    ("url", "broker", "cache"),
    [
        ("redis://h:6379", "redis://h:6379/0", "redis://h:6379/1"),
        ("rediss://u:p%2F@h/4", "rediss://u:p%2F@h/4", "rediss://u:p%2F@h/5"),
        (
            "unix://:p%2F@/run/v.sock",
            "redis+socket://:p%2F@/run/v.sock?virtual_host=0",
            "unix://:p%2F@/run/v.sock?db=1",
        ),
        ("unix:///r/v.sock?db=2", "redis+socket:///r/v.sock?virtual_host=2", "unix:///r/v.sock?db=3"),
    ],
)
def test_the_broker_gets_kombus_form_and_the_cache_the_next_database(url, broker, cache):
    found = Valkey.parse("REDIS_URL", url)
    assert (found.broker_url, found.cache_url) == (broker, cache)


@pytest.mark.parametrize(
    ("url", "port", "tls"),
    [("smtp://h", 25, ""), ("smtps://h", 465, "ssl"), ("smtp+tls://h", 587, "starttls"), ("smtp://h:2525", 2525, "")],
)
def test_mail_addresses(url, port, tls):
    found = Email.parse("EMAIL_URL", url)
    assert (found.host, found.port, found.tls) == ("h", port, tls)
