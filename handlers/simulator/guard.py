"""Only this machine may talk to the simulator, and no other site's page may make a browser do so."""

from urllib.parse import urlsplit

from flask import Flask, Response, request

HERE = {"127.0.0.1", "localhost", "::1"}
SAFE = {"GET", "HEAD", "OPTIONS"}


def guard(app: Flask) -> None:
    """Puts the checks before every request, and the page's protection on every answer."""
    app.before_request(_check)
    app.after_request(_protect)


def _check() -> Response | None:
    if _host(request.host) not in HERE:
        return _no("the simulator answers only on 127.0.0.1 and localhost")
    if request.method not in SAFE and _foreign():
        return _no("another site's page may not send here")
    return None


def _host(netloc: str) -> str:
    try:
        return (urlsplit(f"//{netloc}").hostname or "").lower()
    except ValueError:
        return ""


def _foreign() -> bool:
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site", "none")
    return site not in ("same-origin", "none") or (origin is not None and origin != request.host_url.rstrip("/"))


def _no(why: str) -> Response:
    return Response(why, status=403, mimetype="text/plain")


def _protect(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"  # with no-referrer a form's own Origin becomes "null"
    return response
