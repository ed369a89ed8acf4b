"""gdbstub.py - stopping a machine at an address and changing its memory, through QEMU's gdb stub.

The remote protocol as far as it goes here (gdb, Appendix E): packets "$data#checksum", each acknowledged by "+".
"""
import contextlib
import socket


class GdbStub:
    def __init__(self, connection):
        self._stream = connection.makefile("rwb")

    def _send(self, text):
        self._stream.write(f"${text}#{sum(text.encode()) % 256:02x}".encode())
        self._stream.flush()

    def _receive(self):
        """The next packet; what acknowledges ours is passed over."""
        while (byte := self._stream.read(1)) != b"$":
            if not byte:
                raise ConnectionError("QEMU has ended")
        text = b""
        while (byte := self._stream.read(1)) != b"#":
            text += byte
        self._stream.read(2)
        self._stream.write(b"+")
        self._stream.flush()
        return text.decode()

    def execute(self, text):
        self._send(text)
        answer = self._receive()
        assert not answer.startswith("E"), f"{text}: {answer}"
        return answer

    def run_until(self, vaddr):
        """Stops the machine in front of the instruction at `vaddr`, the first time it comes there."""
        assert self.execute(f"Z1,{vaddr:x},1") == "OK"
        stop = self.execute("c")
        assert stop.startswith("T05"), stop
        assert self.execute(f"z1,{vaddr:x},1") == "OK"

    def read_virtual(self, vaddr, size):
        return bytes.fromhex(self.execute(f"m{vaddr:x},{size:x}"))

    def write_physical(self, paddr, data):
        assert self.execute("Qqemu.PhyMemMode:1") == "OK"
        assert self.execute(f"M{paddr:x},{len(data):x}:{data.hex()}") == "OK"

    def leave(self):
        """The machine goes on by itself."""
        assert self.execute("D") == "OK"


@contextlib.contextmanager
def gdb_stub(path):
    """The stub of a machine started with stub_arguments(path); it waits at its first instruction."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(path))
        connection.settimeout(180)
        stub = GdbStub(connection)
        stub.execute("?")
        yield stub
        stub.leave()


def stub_arguments(path):
    return ["-S", "-chardev", f"socket,id=gdb,path={path},server=on,wait=off", "-gdb", "chardev:gdb"]
