"""
Where messages go: one file for each kind, each with a class whose `send` gives a Receipt or raises DeliveryError.

    email.py     SMTP, with STARTTLS, TLS or neither
    webhook.py   Standard Webhooks over the guarded HTTP client
    chat.py      chats and pagers: Slack, Teams, Telegram, ntfy, PagerDuty; cards.py has their forms, others.py apprise
    console.py   a terminal, for trying things out

A channel sends one message to one recipient and remembers nothing about it: the outbox does.
"""
