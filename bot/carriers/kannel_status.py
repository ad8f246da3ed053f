"""How Kannel is, in plain words, read from its status page (`/status.xml`; its HTTP status is always 200)."""

import re

_DENIED = re.compile(r"^Denied|<gateway>\s*Denied")
_GATEWAY = re.compile(r"</version>\s*<status>(\w+)")
_BOX = re.compile(r"<box>\s*<type>smsbox</type>(.*?)</box>", re.DOTALL)
_LINK = re.compile(r"<smsc>\s*<name>.*?<id>([^<]*)</id>\s*<status>([^<]*)</status>", re.DOTALL)
READ_AT_MOST = 256 * 1024


def trouble_in(page: str) -> str:
    """What is wrong by a status page; empty when messages go both ways."""
    if _DENIED.search(page):
        return "its status page refuses the password: correct TAWAR_KANNEL_STATUS_URL"
    gateway = _GATEWAY.search(page)
    if gateway is None:
        return "its status page is not Kannel's /status.xml: correct TAWAR_KANNEL_STATUS_URL"
    if gateway[1] != "running":
        return f"bearerbox is {gateway[1]}: no message goes through it until it is resumed"
    if not any("on-line" in box for box in _BOX.findall(page)):
        return "smsbox is not connected to bearerbox: start smsbox"
    links = _LINK.findall(page)
    down = [name or "without a name" for name, state in links if not state.startswith("online")]
    if not links or down:
        return (
            f"the line to the operator is down ({', '.join(down) or 'none is set up'}): messages wait in Kannel's store"
        )
    return ""
