"""A Jupyter server extension that lets small answers of a kernel leave at once.

The server sends a kernel's answer in several small packets, and the operating system holds the later ones back
until the earlier are acknowledged (Nagle's algorithm, 1984): about 40 ms for every move of a slider. Switching
this off (TCP_NODELAY) when the browser connects is all that this extension does. It is switched on by
installing the course; `jupyter server extension list` shows it.
"""

from __future__ import annotations

from typing import Any


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "nnlib.demo.nodelay"}]


def _load_jupyter_server_extension(app: Any) -> None:
    """Called by Jupyter's server when it starts."""
    send_at_once()
    app.log.info("nnlib: kernel answers are sent without delay")


def send_at_once() -> None:
    """Let every connection to a kernel that this process opens from now on send without delay."""
    from jupyter_server.services.kernels.websocket import KernelWebsocketHandler

    open_slowly = KernelWebsocketHandler.open

    async def open(handler: KernelWebsocketHandler, *args, **options) -> None:
        handler.set_nodelay(True)
        await open_slowly(handler, *args, **options)

    KernelWebsocketHandler.open = open
