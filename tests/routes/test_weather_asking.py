"""What leaves the machine for Open-Meteo, and what is made of whatever comes back: a real server on loopback."""

import json
import logging
import socket
import ssl
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from routes.domain import forecast, open_meteo, weather, weather_ahead
from routes.domain.provider import Cell, NoAnswer, Service
from routes.domain.weather_ahead import Wanted
from routes.models import Forecast
from tests.routes.weather_server import mild_day, running, send

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
HERE = (51.52712, -0.15087)


@pytest.fixture
def walk(walks):
    walks.append(Wanted(*HERE, NOW + timedelta(hours=2)))
    return walks


def now_at(place=HERE, *, now=NOW):
    return weather.at(*place, now=now)


# --- what leaves ---


def test_both_services_are_asked_for_what_the_rules_read_and_nothing_else(service, walk):
    assert weather_ahead.look(now=NOW) == 1
    assert sorted(service.paths()) == ["/v1/air-quality", "/v1/forecast"]
    for path, query in zip(service.paths(), service.queries(), strict=True):
        names = forecast.WEATHER if path == "/v1/forecast" else forecast.AIR
        assert query == {
            "latitude": ["51.5"],
            "longitude": ["-0.2"],
            "hourly": [",".join(names)],
            "timezone": ["GMT"],
            "forecast_days": ["4"],
        }


def test_the_request_says_nothing_of_who_asks(service, walk):
    weather_ahead.look(now=NOW)
    for asked in service.asked:
        assert dict(asked.headers) == {
            "Host": service.url.removeprefix("http://"),
            "Accept-Encoding": "identity",
            "User-Agent": "Alongside",
            "Accept": "application/json",
        }


@pytest.mark.parametrize(
    ("lat", "lon", "cell"),
    [
        (51.52712, -0.15087, ("51.5", "-0.2")),
        (-33.86881, 151.20929, ("-33.9", "151.2")),
        (-0.0421, 0.0312, ("0.0", "0.0")),
        (0.0, 179.98, ("0.0", "-180.0")),
        (0.0, -179.98, ("0.0", "-180.0")),
        (0.0, 180.0, ("0.0", "-180.0")),
        (69.6492, 179.9, ("69.6", "179.9")),
        (-89.97, -179.94, ("-90.0", "-179.9")),
        (1e-9, -1e-9, ("0.0", "0.0")),
    ],
)
def test_no_more_than_one_decimal_leaves(service, walks, lat, lon, cell):
    walks.append(Wanted(lat, lon, NOW))
    weather_ahead.look(now=NOW)
    assert {(query["latitude"][0], query["longitude"][0]) for query in service.queries()} == {cell}
    assert len(service.asked) == 2 and now_at((lat, lon)).forecast


@pytest.mark.parametrize("place", [(90.1, 0.0), (0.0, 180.1), (float("nan"), 0.0), (0.0, float("inf"))])
def test_what_is_not_on_the_globe_has_no_cell(place):
    with pytest.raises(ValueError):
        Cell.of(*place)


def test_a_customers_key_is_sent_to_both_and_kept_out_of_what_is_shown(service, walk, settings, caplog):
    settings.WEATHER = replace(settings.WEATHER, key="secret-word")
    service.break_down(send(b"", 500))
    weather_ahead.look(now=NOW)
    assert [query["apikey"] for query in service.queries()] == [["secret-word"]] * 2
    assert "secret-word" not in caplog.text + repr(settings.WEATHER)


def test_no_proxy_of_the_surroundings_learns_of_it(service, walk, monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    weather_ahead.look(now=NOW)
    assert now_at().forecast


# --- what comes back ---


def test_what_was_fetched_is_read_with_its_source_and_its_hour(service, walk):
    weather_ahead.look(now=NOW)
    found = now_at(now=NOW + timedelta(hours=1))
    hour = found.forecast.between(NOW, NOW)[0]
    assert (hour.temperature_c, hour.us_aqi) == (15.0, 30)
    assert (found.source, found.fetched_at, found.is_sample) == ("open-meteo", NOW, False)
    assert (found.is_stale, found.is_silent, found.alerts) == (False, False, ())
    assert found.credit == "Weather data by Open-Meteo.com"
    assert found.why_unknown("Europe/London") == ""


def hang(service):
    return lambda handler: service.closing.wait(30)


def drip(service):
    def answer(handler):
        handler.send_response(200)
        handler.end_headers()
        while not service.closing.wait(0.02):
            handler.wfile.write(b" ")

    return answer


def drip_of_headers(service):
    def answer(handler):
        handler.send_response(200)
        handler.flush_headers()
        for _ in range(90):
            if not service.closing.wait(0.1):
                handler.wfile.write(b"X: 1\r\n")
        handler.end_headers()

    return answer


def cut_off(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", "5000")
    handler.end_headers()
    handler.wfile.write(b'{"hourly": {"time": [')


BROKEN = {
    "an error": lambda service: send(b"{}", 500),
    "too many requests": lambda service: send(b"{}", 429),
    "its own refusal": lambda service: send(b'{"error": true, "reason": "Cannot"}'),
    "a refusal by status": lambda service: send(b'{"error": true, "reason": "Cannot"}', 400),
    "nothing": lambda service: send(b""),
    "not JSON": lambda service: send(b"<html>captive portal</html>"),
    "not an object": lambda service: send(b"[1, 2]"),
    "not a forecast": lambda service: send(b'{"latitude": 51.5}'),
    "a broken text": lambda service: send(b'{"hourly": {"time": ["2026-06-15T00:00"], "\xff": []}}'),
    "what no database keeps": lambda service: send(b'{"hourly": {"time": ["2026-06-15T00:00"]}, "x": "\\u0000"}'),
    "no number": lambda service: send(b'{"hourly": {"time": ["2026-06-15T00:00"]}, "x": NaN}'),
    "a number too large": lambda service: send(b'{"hourly": {"time": ["2026-06-15T00:00"]}, "x": 1e400}'),
    "half a character": lambda service: send(b'{"hourly": {"time": ["2026-06-15T00:00"]}, "x": "\\ud800"}'),
    "a deep hole": lambda service: send(b'{"hourly":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    "half of it": lambda service: cut_off,
    "gzip that was not asked for": lambda service: send(b"\x1f\x8b\x08", **{"Content-Encoding": "gzip"}),
    "a header without an end": lambda service: send(b"{}", X="a" * 70_000),
    "silence": hang,
    "a drip": drip,
    "a drip of headers": drip_of_headers,
}


@pytest.mark.parametrize("broken", BROKEN)
def test_whatever_a_broken_service_does_the_weather_is_unknown(service, walk, monkeypatch, caplog, broken):
    monkeypatch.setattr(open_meteo, "SILENCE_SECONDS", 0.2)
    monkeypatch.setattr(open_meteo, "TOTAL_SECONDS", 0.3)
    service.break_down(BROKEN[broken](service))
    with caplog.at_level(logging.WARNING):
        assert weather_ahead.look(now=NOW) == 1
    found = now_at()
    assert found.forecast is None and found.credit == "" and found.is_silent
    assert found.why_unknown("Europe/London") == "The weather service has not answered yet."
    assert [record.message for record in caplog.records] == ["no weather"] * 2
    said = caplog.text + str([(record.args, record.fields) for record in caplog.records])
    assert "51.5" not in said and "-0.2" not in said and "127.0.0.1" not in said


@pytest.mark.parametrize("dripping", [drip, drip_of_headers])
def test_one_time_limit_holds_from_the_first_header_to_the_last_byte(service, walk, monkeypatch, dripping):
    monkeypatch.setattr(open_meteo, "TOTAL_SECONDS", 0.5)
    service.break_down(dripping(service))
    began = time.monotonic()
    with pytest.raises(NoAnswer, match="TimeoutError"):
        open_meteo.ask(Service.FORECAST, Cell.of(*HERE), NOW)
    assert time.monotonic() - began < 4, "the headers alone drip for nine seconds"


def test_a_body_without_an_end_is_left_where_it_is_too_large(service, walk):
    sent = []

    def flood(handler):
        handler.send_response(200)
        handler.end_headers()
        while not service.closing.is_set():
            handler.wfile.write(b" " * 65536)
            sent.append(65536)

    service.break_down(flood)
    with pytest.raises(NoAnswer, match="too large"):
        open_meteo.ask(Service.FORECAST, Cell.of(*HERE), NOW)
    assert sum(sent) < 20 * open_meteo.LARGEST


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(service, walk, status):
    for path in ("/v1/forecast", "/v1/air-quality"):
        service.break_down(send(mild_day(path), status, Location=f"{service.url}/elsewhere"), path)
    weather_ahead.look(now=NOW)
    assert sorted(service.paths()) == ["/v1/air-quality", "/v1/forecast"]
    assert now_at().forecast is None


def test_nobody_at_the_address_is_unknown(walk, settings):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        settings.WEATHER = replace(settings.WEATHER, source="open-meteo", forecast_url=url, air_url=url)
        assert weather_ahead.look(now=NOW) == 1
    assert now_at().forecast is None


def test_a_server_that_cannot_prove_its_name_is_not_believed(walk, settings, tmp_path, monkeypatch):
    papers = _certificate(tmp_path, "127.0.0.1")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(papers)
    with running(tls) as found:
        settings.WEATHER = replace(settings.WEATHER, source="open-meteo", forecast_url=found.url, air_url=found.url)
        weather_ahead.look(now=NOW)
        assert not found.asked and now_at().forecast is None
        monkeypatch.setenv("SSL_CERT_FILE", str(papers))  # the same server, once the machine knows who vouches for it
        weather_ahead.look(now=NOW + timedelta(minutes=10))
        assert found.asked and now_at().forecast


def _certificate(folder, address):
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "w")])
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, datetime.now(UTC), datetime.now(UTC) + timedelta(1))
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))])
    signed = made.add_extension(names, critical=False).sign(key, hashes.SHA256())
    file = folder / "papers.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + signed.public_bytes(Encoding.PEM))
    return file


def test_air_that_does_not_answer_leaves_the_forecast_and_the_other_way_round(service, walk):
    service.break_down(send(b"", 503), "/v1/air-quality")
    weather_ahead.look(now=NOW)
    [hour] = now_at().forecast.between(NOW, NOW)
    assert (hour.temperature_c, hour.us_aqi) == (15.0, None)
    service.answers.clear()
    service.break_down(send(b"", 503), "/v1/forecast")
    later = NOW + weather.STALE + timedelta(minutes=1)
    weather_ahead.look(now=later)
    row = Forecast.objects.get()
    assert (row.fetched_at, row.air_fetched_at, row.failures) == (NOW, later, 2)
    assert now_at(now=later).forecast is None


def test_old_air_is_not_told_with_a_new_forecast(service, walk):
    weather_ahead.look(now=NOW)
    service.break_down(send(b"", 503), "/v1/air-quality")
    later = NOW + weather.STALE + timedelta(minutes=1)
    weather_ahead.look(now=later)
    hour = now_at(now=later).forecast.between(later, later)[0]
    assert (hour.temperature_c, hour.us_aqi) == (15.0, None)


def test_what_came_is_kept_as_it_came(service, walk):
    weather_ahead.look(now=NOW)
    row = Forecast.objects.get()
    assert row.forecast["generationtime_ms"] == 0.1 and row.air["hourly_units"]["us_aqi"] == "USAQI"
    assert json.dumps(row.forecast["hourly"]["temperature_2m"]) == json.dumps([15.0] * 96)
