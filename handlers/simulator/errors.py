"""The carrier's refusals: code -> HTTP status and wording; data, so a missing one is one more row."""

from typing import NamedTuple

from flask import Response, jsonify

from handlers.simulator.values import new_sid


class Refusal(NamedTuple):
    """A carrier's error: `detail` fills the wording's one blank."""

    code: int
    detail: str = ""


NOT_SIGNED_IN = 20003
WORDS = {
    20001: "Bad request: {}",
    NOT_SIGNED_IN: "Authenticate",
    20404: "The requested resource {} was not found",
    20429: "Too Many Requests",
    20500: "Internal Server Error",
    20503: "Service Unavailable",
    21211: "Invalid 'To' Phone Number: {}",
    21212: "Invalid From Number (caller ID): {}",
    21408: "Permission to send an SMS has not been enabled for the region indicated by the 'To' number: {}",
    21602: "Message body is required.",
    21603: "A 'From' phone number is required.",
    21604: "A 'To' phone number is required.",
    21606: "The 'From' phone number {} is not a valid, message-capable number for your account.",
    21608: "The number {} is unverified. Trial accounts cannot send messages to unverified numbers.",
    21609: "Invalid 'StatusCallback': {}",
    21610: "Attempt to send to unsubscribed recipient",
    21611: "This 'From' number has exceeded the maximum number of queued messages",
    21612: "Message cannot be sent with the current combination of 'To' ({}) and 'From' parameters",
    21614: "'To' number is not a valid mobile number: {}",
    21617: "The concatenated message body exceeds the 1600 character limit",
    21620: "Invalid media URL: {}",
    21623: "Number of media files exceeds the allowed limit",
    21655: "The ContentSid is invalid: {}",
    21656: "The ContentVariables parameter is invalid",
    21705: "The Messaging Service Sid {} is invalid",
    21910: "Invalid 'From' and 'To' pair. 'From' and 'To' should be of the same channel",
    30409: "This message cannot be canceled",
    35111: "SendAt missing",
    35114: "SendAt must be between 900 seconds and 35 days in the future",
    35118: "MessagingServiceSid is required to schedule a message",
    63007: "Could not find a Channel with the specified From address",
}
STATUS = {NOT_SIGNED_IN: 401, 20404: 404, 20429: 429, 20500: 500, 20503: 503}


def refuse(refusal: Refusal) -> Response:
    """A refusal -> the carrier's JSON answer with its HTTP status."""
    code, status = refusal.code, STATUS.get(refusal.code, 400)
    message = WORDS.get(code, "Error {}").format(refusal.detail or code)
    more = f"https://www.twilio.com/docs/errors/{code}"
    answer = jsonify(code=code, message=message, more_info=more, status=status)
    answer.status_code = status
    answer.headers["Twilio-Request-Id"] = new_sid("RQ")
    if code == NOT_SIGNED_IN:
        answer.headers["WWW-Authenticate"] = 'Basic realm="Twilio API"'
    return answer
