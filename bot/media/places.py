"""Where a carrier's files may be fetched: its own hosts by name, on the open internet by address, and nowhere else."""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

HTTPS = 443
_NAME = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
"""A DNS name with a top-level domain of letters (RFC 1123, RFC 3696): no way of writing an address as a number fits."""
_ODD = re.compile(r"[\x00-\x20\x7f\\]")
_OTHERS = tuple(
    map(
        ipaddress.ip_network,
        ("192.0.0.0/24", "192.88.99.0/24", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96"),
    )
)
"""What the standard library's `is_global` lets pass in some versions: protocol assignments (RFC 6890), and IPv6 that carries
an IPv4 address inside (NAT64, 6to4, Teredo, compatible), of which nobody can tell what it reaches."""
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Source:
    """One carrier's files. `hosts`: names, or endings with a dot before them; https on its own port only.

    `logins`: (user, password) tried in turn, sent only to `login_hosts`. `origin`: for trying out on one machine, the only
    `http://127.0.0.1:port` that may be asked too, with the logins.
    """

    hosts: tuple[str, ...] = ()
    logins: tuple[tuple[str, str], ...] = ()
    login_hosts: tuple[str, ...] = ()
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """Where to connect, and what to ask for there. `local`: it is the origin, whose address may be of this machine."""

    scheme: str
    host: str
    port: int
    path: str
    local: bool
    with_login: bool


def check_url(url: str, source: Source) -> Target | None:
    """The place an address names, or None if it is none of the carrier's."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname or ""
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if _ODD.search(url) or not url.isascii() or "@" in parts.netloc:
        return None
    if source.origin and f"{parts.scheme}://{parts.netloc}" == source.origin:
        return Target(parts.scheme, host, port or 80, path, True, True)
    if parts.scheme != "https" or port not in (None, HTTPS) or not _NAME.fullmatch(host):
        return None
    if not _is_among(host, source.hosts):
        return None
    return Target("https", host, HTTPS, path, False, _is_among(host, source.login_hosts))


def follow(url: str, location: str) -> str:
    """The address a redirect leads to."""
    return urljoin(url, location)


def may_connect(address: str, *, local: bool) -> bool:
    """Whether an address a name was resolved to may be connected to: public ones, or with `local` this machine's own only."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if local:
        return ip.is_loopback
    return _is_public(ip)


def _is_public(ip: Address) -> bool:
    """Not private, loopback, link-local (a cloud's metadata), shared (100.64/10), reserved or multicast, in either family."""
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return _is_public(ip.ipv4_mapped)
        if ip.is_site_local:
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or any(ip in network for network in _OTHERS))


def _is_among(host: str, names: tuple[str, ...]) -> bool:
    return any(host.endswith(name) if name.startswith(".") else host == name for name in names)


def twilio_source(account_sid: str, tokens: tuple[str, ...], api_url: str = "") -> Source:
    """Twilio's files lie at its API and are handed out from its media host for four hours (Twilio's help centre, "Protect
    media access"; the older open S3 addresses belong to everybody and are not followed). `api_url`: the simulator's."""
    logins = tuple((account_sid, token) for token in tokens if token)
    if api_url:
        return Source(logins=logins, origin=api_url.rstrip("/"))
    return Source(
        hosts=("api.twilio.com", ".twilio.com", "mms.twiliocdn.com", "media.twiliocdn.com"),
        logins=logins,
        login_hosts=("api.twilio.com",),
    )
