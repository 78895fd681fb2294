import os
import pty
import re
import select
import signal
import struct
import termios
import time
from fcntl import ioctl

from kit import APP_SERVER_URL, SUM, attempt, finish

# codex's own terminal program, in a terminal of its own, with Parley's engine in place of its own.

TIMEOUT_S = 40
# A terminal is asked what it is; programs wait for the answer before they draw.
ANSWERS = {
    b"\x1b[6n": b"\x1b[1;1R",
    b"\x1b[c": b"\x1b[?62;c",
    b"\x1b]10;?": b"\x1b]10;rgb:ffff/ffff/ffff\x1b\\",
    b"\x1b]11;?": b"\x1b]11;rgb:0000/0000/0000\x1b\\",
    b"\x1b[?u": b"\x1b[?0u",
}
CONTROL = re.compile(rb"\x1b\[[0-9;?<>=]*[A-Za-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\s+")


class Terminal:
    def __init__(self):
        self.shown = b""
        self.pid, self.screen = pty.fork()
        if self.pid == 0:
            codex = os.path.join("node_modules", "@openai", "codex", "bin", "codex.js")
            node = os.environ["PARLEY_NODE"]
            os.environ["TERM"] = "xterm-256color"
            os.execv(node, [node, codex, "--remote", APP_SERVER_URL, "--no-alt-screen"])
        ioctl(self.screen, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))

    def wait_for(self, pattern):
        """Reads the screen until it shows this, spaces aside; says what it shows where it never does."""
        until = time.monotonic() + TIMEOUT_S
        while time.monotonic() < until:
            if re.search(pattern, self.text()):
                return
            if not self.read():
                break
        raise AssertionError(f"the screen never shows {pattern}: {self.text()[-400:]}")

    def read(self):
        ready, _, _ = select.select([self.screen], [], [], 0.2)
        if not ready:
            return True
        try:
            chunk = os.read(self.screen, 65536)
        except OSError:
            return False
        self.shown += chunk
        for question, answer in ANSWERS.items():
            if question in chunk:
                os.write(self.screen, answer)
        return chunk != b""

    def text(self):
        return CONTROL.sub(b"", self.shown).decode(errors="replace")

    def type(self, text):
        os.write(self.screen, text.encode())

    def close(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


terminal = Terminal()


def starts():
    # The model's name stands in the last line once the thread is there.
    terminal.wait_for("Practicedefault")


def runs_a_turn():
    terminal.type(SUM)
    terminal.wait_for(r"›whatis2\+3\?")
    terminal.type("\r")
    terminal.wait_for("Calculate")
    terminal.wait_for("Workedfor")
    assert "is5" in terminal.text().replace("*", ""), terminal.text()[-800:]


def complains_of_nothing():
    assert "■" not in terminal.text(), terminal.text().split("■")[1][:200]


attempt("start", starts)
attempt("turn with a plan", runs_a_turn)
attempt("no complaint on the screen", complains_of_nothing)
terminal.close()
finish()
