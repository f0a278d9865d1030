"""nginx.conf: what it lets in, what it says, and that no string of the resource becomes a directive."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from pacsstack.render.inputs import Login
from pacsstack.render.layout import TMP
from pacsstack.render.networks import canonical_networks
from pacsstack.render.nginx import nginx_conf, upstream_conf
from pacsstack.render.templating import word
from pacsstack.spec import PacsStack
from tests.unit.manifests.rendering import stack
from tests.unit.render.nginx_syntax import Directive, parse, walk
from tests.unit.strategies import stacks

FREE = ("map", "geo")
"""Blocks whose lines begin with values rather than with directives."""


def conf(proxy: dict[str, Any] | None = None) -> str:
    return nginx_conf(stack({"proxy": proxy or {}}))


def directives(text: str, name: str) -> list[list[str]]:
    return [one.arguments for one in walk(parse(text)) if one.name == name]


def server(text: str, port: str) -> Directive:
    for one in walk(parse(text)):
        if one.name == "server" and any(each.name == "listen" and each.arguments[0] == port for each in one.block):
            return one
    raise AssertionError(f"no server listens on {port}")


def names_of(text: str) -> set[str]:
    every = list(walk(parse(text)))
    free = {id(inner) for one in every if one.name in FREE for inner in one.block}
    return {one.name for one in every if id(one) not in free}


EVERYTHING = {
    "path": "/a/",
    "host": "pacs.example.org",
    "allowedSources": ["10.0.0.0/8"],
    "cors": {"origins": ["https://a.example"]},
    "frameAncestors": ["https://a.example"],
    "dicom": {"tls": {"clientCA": {"secretName": "x"}}},
}
KNOWN = names_of(conf()) | names_of(conf(EVERYTHING))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(stacks())
def test_no_string_of_the_resource_becomes_a_directive(one: PacsStack) -> None:
    text = nginx_conf(one)
    assert names_of(text) <= KNOWN
    inside = [len(each.block) for each in walk(parse(text)) if each.name == "geo"]
    assert inside == [1 + len(canonical_networks(one.spec.proxy.allowed_sources))]


@pytest.mark.parametrize("value", ["a;b", "a b", 'a"b', "a'b", "a{b", "a}b", "a\nb", "a$b", "a#b", "a\\b", "", "é"])
def test_a_value_that_could_end_a_directive_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="cannot stand in a configuration file"):
        word(value)


def test_debian_and_the_official_image_both_take_it() -> None:
    assert directives(conf(), "load_module") == []
    written = [one.arguments[0] for one in walk(parse(conf())) if one.name.endswith("_temp_path") or one.name == "pid"]
    assert len(written) == 6
    assert all(path.startswith(f"{TMP}/") for path in written)


def test_uploads_are_neither_limited_nor_buffered() -> None:
    assert directives(conf(), "client_max_body_size") == [["0"]]
    assert directives(conf(), "proxy_request_buffering") == [["off"]]
    assert directives(conf(), "proxy_max_temp_file_size") == [["0"]]


def test_old_tls_is_off_for_https_and_for_dicom() -> None:
    assert directives(conf(), "ssl_protocols") == [["TLSv1.2", "TLSv1.3"]] * 2
    for (ciphers,) in directives(conf(), "ssl_ciphers"):
        assert all(one.startswith("ECDHE-") and ("GCM" in one or "POLY1305" in one) for one in ciphers.split(":"))


def test_every_path_of_https_asks_for_a_password() -> None:
    text = conf()
    assert directives(text, "auth_basic") == [["PacsStack"]]
    https = server(text, "8443")
    assert [one.arguments for one in https.block if one.name == "auth_basic_user_file"] == [
        ["/etc/pacsstack-secrets/htpasswd"]
    ]


def test_the_clients_own_words_about_itself_are_replaced() -> None:
    (location,) = [one for one in server(conf(), "8443").block if one.name == "location"]
    replaced = {one.arguments[0] for one in location.block if one.name == "proxy_set_header"}
    assert {"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP"} <= replaced
    assert ["/etc/pacsstack-secrets/upstream.conf"] in [
        one.arguments for one in location.block if one.name == "include"
    ]


def test_the_credential_for_orthanc_is_what_the_client_said_no_longer() -> None:
    header = upstream_conf(Login("pacsstack", "p;a}ss"))
    (one,) = parse(header)
    assert one.arguments == ["Authorization", "Basic " + base64.b64encode(b"pacsstack:p;a}ss").decode()]


def test_logs_hold_no_query_string_and_no_header() -> None:
    formats = " ".join(" ".join(one) for one in directives(conf(), "log_format"))
    for variable in ("$request ", '"$request"', "$request_uri", "$args", "$query_string", "$http_"):
        assert variable not in formats


def test_the_error_log_of_http_does_not_repeat_requests() -> None:
    (http,) = (one for one in parse(conf()) if one.name == "http")
    levels = [one.arguments for one in walk(http.block) if one.name == "error_log"]
    assert levels == [["stderr", "crit"]]


def test_a_prefix_is_taken_off_and_put_on_again() -> None:
    (location,) = [
        one
        for one in server(conf({"path": "/a/b/"}), "8443").block
        if one.arguments == ["/a/b/"] and one.name == "location"
    ]
    calls = {(one.name, *one.arguments) for one in location.block}
    assert ("proxy_pass", "http://orthanc/") in calls
    assert ("proxy_redirect", "/", "/a/b/") in calls


def test_plain_http_redirects_to_the_host_that_people_type() -> None:
    assert ["308", "https://pacs.example.org$request_uri"] in directives(conf({"host": "pacs.example.org"}), "return")
    assert ["308", "https://$host$request_uri"] in directives(conf(), "return")


def test_allowed_sources_hold_for_https_for_the_redirect_and_for_dicom() -> None:
    text = conf({"allowedSources": ["10.20.1.7/16"]})
    (geo,) = [one for one in walk(parse(text)) if one.name == "geo"]
    assert [(one.name, one.arguments) for one in geo.block] == [("default", ["1"]), ("10.20.0.0/16", ["0"])]
    for port in ("8443", "8088"):
        assert any(one.name == "if" and one.arguments == ["($refused)"] for one in server(text, port).block)
    assert directives(text, "allow") == [["10.20.0.0/16"]]
    assert directives(text, "deny") == [["all"]]


def test_without_allowed_sources_nobody_is_refused() -> None:
    (geo,) = [one for one in walk(parse(conf())) if one.name == "geo"]
    assert [(one.name, one.arguments) for one in geo.block] == [("default", ["0"])]
    assert directives(conf(), "deny") == []


def test_a_client_certificate_is_required_when_authorities_are_given() -> None:
    assert directives(conf(), "ssl_verify_client") == []
    text = conf({"dicom": {"tls": {"clientCA": {"secretName": "x"}}}})
    assert directives(text, "ssl_verify_client") == [["on"]]
    assert [one.name for one in server(text, "2762").block if one.name == "ssl_verify_client"]


def test_closed_dicom_ports_are_closed() -> None:
    text = conf({"dicom": {"clear": {"enabled": False}, "tls": {"enabled": False}}})
    assert "stream" not in names_of(text)


def test_only_configured_origins_get_cors_and_frames() -> None:
    text = conf({"cors": {"origins": ["https://emr.example.org"]}, "frameAncestors": ["https://emr.example.org"]})
    origins = next(one for one in walk(parse(text)) if one.name == "map" and one.arguments[1] == "$cors_origin")
    assert [one.name for one in origins.block] == ["default", "https://emr.example.org"]
    headers = {one[0]: one[1] for one in directives(text, "add_header")}
    assert headers["Content-Security-Policy"] == "frame-ancestors 'self' https://emr.example.org"
    assert "X-Frame-Options" not in headers
    assert {one[0] for one in directives(conf(), "add_header")} >= {"X-Frame-Options", "Strict-Transport-Security"}
