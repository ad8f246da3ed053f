"""What operators may count: no label ever holds a number, a name or a word of a citizen."""

from prometheus_client import Counter, Histogram

INBOUND = Counter("tawar_inbound_messages_total", "Messages taken in", ["carrier", "outcome"])
RECEIPTS = Counter("tawar_receipts_total", "Delivery receipts taken in", ["carrier", "outcome"])
REFUSED = Counter("tawar_refused_calls_total", "Calls to a carrier's door with a wrong signature", ["carrier"])
TURN_SECONDS = Histogram("tawar_turn_seconds", "From a message's arrival until its answer is in the outbox")
