"""
Watches news for diplomatic developments and tells the right team, once, at once.

The map, in the order of the data flow:

    sources/      a place on the network or disk → Fetched → Item
    text          Item → Document: folded text whose offsets lead back to the original
    vocabulary/   Document → Hits: actors, concepts, guards and places in one pass
    facts/        Document, Hits → Report: what the item claims, language-neutral
    matching/     rules select items and developments → Match
    stories/      Report → Development of a Story; Appointment
    policy        Match, ledger of the team → Alert | Hold
    ingest        all of the above in one pure call: read this first
    render        Alert → Message
    channels/     Message → Receipt
    poll, deliver the loops; store/ remembers; service rings the bells
"""

__version__ = "0.1.0"
