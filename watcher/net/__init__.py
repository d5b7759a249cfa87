"""
The one way out to the network by HTTP: guarded addresses, a deadline, a cap on bytes.

Sources and the webhook channel share it. Doors: `Client` (`get`, `post`), `Response`, `Limits`, `NetError`. Behind them
`addresses` says where we may connect to, `guard` holds every connection to it, `decoding` unpacks bodies in pieces.
"""

from __future__ import annotations

from watcher.net.client import Client, Limits, Response, system_resolve
from watcher.net.guard import NetError, Resolve

__all__ = ["Client", "Limits", "NetError", "Resolve", "Response", "system_resolve"]
