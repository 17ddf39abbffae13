#!/usr/bin/env python3
"""terminal.py COLUMNS LOG CMD...: runs CMD with a terminal for its standard error, and prints what is
to be seen there at the end. LOG gets one line for each time that a line began anew: milliseconds since
the start, and the text. A terminal that knows "\\r", "\\n" and "\\033[K", and nothing else."""
import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
import time
import unicodedata

columns = int(sys.argv[1])
ours, theirs = pty.openpty()
fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
begin = time.monotonic()
child = subprocess.Popen(sys.argv[3:], stderr=theirs)
os.close(theirs)
chunks = []
while True:
    try:
        data = os.read(ours, 65536)
    except OSError:
        break
    if not data:
        break
    chunks.append((time.monotonic() - begin, data))
status = child.wait()

times = [at for at, data in chunks for _ in data]
stream = b"".join(data for _, data in chunks)
screen, line, column, at = [], "", 0, 0
with open(sys.argv[2], "w", encoding="utf-8") as log:
    while at < len(stream):
        if stream[at:at + 3] == b"\033[K":
            line = line[:column]
            print(round(times[at] * 1000), line, file=log)
            at += 3
        elif stream[at] == 13:
            column = 0
            at += 1
        elif stream[at] == 10:
            screen.append(line)
            line, column = "", 0
            at += 1
        else:
            size = next(n for n in range(1, 5) if n == 4 or (stream[at + n:at + n + 1] or b"a")[0] & 0xC0 != 0x80)
            text = stream[at:at + size].decode("utf-8")  # half a character ends the test
            if unicodedata.category(text) == "Cc":
                sys.exit(f"control character {text!r}")
            line = line[:column] + text + line[column + 1:]
            column += 1
            at += size
screen.append(line)
if screen[-1] == "":
    screen.pop()
print("\n".join(screen))
sys.exit(status)
