"""What the simulator must be told before it starts."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SimulatorSettings:
    """Account, addresses and senders; numbers in E.164 (Kannel's is a short code), URLs without a path.

    `web_url` is where signed requests are posted; `public_url` is the base the web believes it has, so it is the one
    that is signed (empty: the same).
    """

    account_sid: str
    auth_token: str
    web_url: str
    public_url: str = ""
    whatsapp_from: str = "+923000000001"
    sms_from: str = "+923000000002"
    kannel_from: str = "8300"
    kannel_username: str = ""
    kannel_password: str = ""
    kannel_token: str = ""

    def sender(self, channel: str) -> str:
        """The service's number on a channel: E.164, or a short code."""
        chosen = {"whatsapp": self.whatsapp_from, "sms": self.sms_from, "kannel": self.kannel_from}[channel]
        return chosen.removeprefix("whatsapp:")

    @property
    def signed_base(self) -> str:
        """The base URL that goes into signatures."""
        return (self.public_url or self.web_url).rstrip("/")

    def transport(self, url: str) -> str:
        """Where a request for `url` is really posted: the public base is exchanged for the web's own."""
        base, rest = self.signed_base, url[len(self.signed_base) :]
        if url.startswith(base) and rest[:1] in ("", "/", "?"):
            return self.web_url.rstrip("/") + rest
        return url
