"""What is left of messages to and from customers (oms.kernel.personal)."""

from oms.kernel.personal import beside, left_of, said

left_of("notifications.OutgoingMessage", "Messages sent", to="", subject=said, body=said, error="")
left_of("notifications.CustomerMessage", "What they said", sender="", subject=said, text=said)
beside("notifications.MailboxMessage", "The demo's mailbox", "to", "subject", "body")
