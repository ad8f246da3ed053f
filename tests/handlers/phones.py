"""An authenticator app: reads the key from the page that sets it up, and shows the code of any moment."""

import re
from dataclasses import dataclass

import pyotp

from tests.support import Clock
from tests.visitors import PASSWORD, Page, Visitor

PATH = "/account/second-step"


@dataclass(frozen=True)
class Phone:
    secret: str
    clock: Clock

    def code(self, seconds: float = 0) -> str:
        """The code it shows so long after now."""
        return pyotp.TOTP(self.secret).at(self.clock.now, counter_offset=int(seconds // 30))


def begins(visitor: Visitor, clock: Clock) -> Phone:
    """Goes as far as the picture."""
    form = visitor.opens(PATH).form("/begin")
    page = visitor.follows(visitor.sends(form, **({"password": PASSWORD} if "password" in form.fields else {})))
    secret = re.search(r'class="secret">([A-Z2-7 ]+)<', page.html)
    assert secret, page.text
    return Phone(secret[1].replace(" ", ""), clock)


def finishes(visitor: Visitor, code: str) -> Page:
    return visitor.sends(visitor.opens(f"{PATH}/set-up").form("/set-up"), code=code)


def sets_up(visitor: Visitor, clock: Clock) -> tuple[Phone, list[str]]:
    """The phone that is set up, and the recovery codes that were shown; half a minute later, so that its code is fresh."""
    phone = begins(visitor, clock)
    page = finishes(visitor, phone.code())
    assert page.status == 200, page.text
    clock.passes(seconds=60)
    return phone, re.findall(r"<li>([0-9A-Z]{4}(?:-[0-9A-Z]{4}){3})</li>", page.html)


def enters(visitor: Visitor, code: str, **fields: str) -> Page:
    """The password was right; the code is typed."""
    return visitor.sends(visitor.opens("/sign-in/code").form("/code"), code=code, **fields)
