"""Reassembly of WebSocket messages from frames. Pure."""

from __future__ import annotations

from websockets.frames import Frame, Opcode


class Assembler:
    """Fragments of a client's message. The protocol has checked their order and size."""

    __slots__ = ("_fragments", "_opcode")

    def __init__(self) -> None:
        self._opcode = Opcode.TEXT
        self._fragments: bytearray | None = None

    def add(self, frame: Frame) -> tuple[Opcode, bytes] | None:
        """The message that is complete with this frame: TEXT or BINARY, and its bytes."""
        if frame.opcode in (Opcode.TEXT, Opcode.BINARY):
            self._opcode = frame.opcode
            if frame.fin:
                return frame.opcode, bytes(frame.data)
            self._fragments = bytearray(frame.data)
        elif frame.opcode is Opcode.CONT and self._fragments is not None:
            self._fragments += frame.data
            if frame.fin:
                data, self._fragments = bytes(self._fragments), None
                return self._opcode, data
        return None
