"""qmp.py - talking to a running QEMU: the QEMU Machine Protocol, with the standard library alone.

One JSON object a line, each command answered in turn, events in between (QEMU, docs/interop/qmp-spec.txt).
"""
import json


class QmpError(Exception):
    """QEMU refused a command."""


class Qmp:
    def __init__(self, connection):
        self.events = []
        self._stream = connection.makefile("rwb")
        self._receive()  # greeting
        self.execute("qmp_capabilities")

    def _receive(self):
        line = self._stream.readline()
        if not line:
            raise ConnectionError("QEMU has ended")
        return json.loads(line)

    def execute(self, command, **arguments):
        """What QEMU returns for `command`; ConnectionError if QEMU ends before it has answered."""
        message = {"execute": command, "arguments": arguments}
        self._stream.write(json.dumps(message).encode() + b"\n")
        self._stream.flush()
        while True:
            answer = self._receive()
            if "event" in answer:
                self.events.append(answer)
            elif "error" in answer:
                raise QmpError(f"{command}: {answer['error']['desc']}")
            else:
                return answer["return"]

    def wait_for_event(self, name):
        """The data of the first event of that name, as soon as there is one; ConnectionError if QEMU ends without it."""
        while True:
            for event in self.events:
                if event["event"] == name:
                    return event.get("data", {})
            answer = self._receive()
            if "event" in answer:
                self.events.append(answer)

    def monitor(self, command):
        """What the human monitor prints for `command`."""
        return self.execute("human-monitor-command", **{"command-line": command}).replace("\r\n", "\n")
