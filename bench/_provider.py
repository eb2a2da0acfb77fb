"""A provider that costs next to nothing: takes an SMS as Africa's Talking does, and counts.

Run: python -m bench._provider PORT. GET answers how many were taken, POST takes one.
"""

import asyncio
import sys

TAKEN = (
    b'{"SMSMessageData":{"Message":"Sent to 1/1","Recipients":[{"statusCode":101,'
    b'"status":"Success","number":"x","cost":"XOF 12.0000","messageId":"ATXid_%d"}]}}'
)


class Door(asyncio.Protocol):
    """One connection, kept open."""

    taken = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.Protocol."""
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.buffer = transport, b""

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        self.buffer += data
        while b"\r\n\r\n" in self.buffer:
            head, _, rest = self.buffer.partition(b"\r\n\r\n")
            _, named, value = head.lower().partition(b"content-length:")
            length = int(value.split(b"\r\n")[0]) if named else 0
            if len(rest) < length:
                return
            self.buffer = rest[length:]
            self.transport.write(self._answer(is_text=head.startswith(b"POST")))

    def _answer(self, *, is_text: bool) -> bytes:
        Door.taken += is_text
        body = TAKEN % Door.taken if is_text else b"%d" % Door.taken
        head = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"
        return head + b"Content-Length: %d\r\n\r\n" % len(body) + body


async def main() -> None:
    """Serve until ended."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Door, "127.0.0.1", int(sys.argv[1]))
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
