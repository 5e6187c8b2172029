"""Messages to customers: approved texts, what was sent to whom and when, and the demo's local mailbox.

Owns: message templates, reply texts, outgoing messages, what customers said, the mailbox. Does not own: orders, shipments (it reads them).
A message is written in the delivery of the event that caused it and sent later, with no transaction open.
Says: notifications.queued, notifications.written, notifications.contacted, notifications.customer_wrote,
notifications.customer_answered.
"""
