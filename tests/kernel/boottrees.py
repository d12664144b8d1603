# SPDX-License-Identifier: MIT
"""Random trees of sysctl.d, read by sysctl --system, by systemd-sysctl and by finwait.

boottrees.py SEED COUNT BOOTVALUES, as root of mount and network namespaces of its own. Each
tree is the /etc, /run, /usr/local/lib, /usr/lib and /lib of a root directory in which the real
programs run, each in a network namespace as after a boot; everything below /proc/sys but net is
read-only there. BOOTVALUES says of the same root what it expects, and which line it comes from:
most texts are written on one line only, so that the value tells the line.
"""
import ctypes
import os
import random
import shutil
import subprocess
import sys
import tempfile

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000
ENGINES = {
    "procps": ["/usr/sbin/sysctl", "--system"],
    "systemd": ["/usr/lib/systemd/systemd-sysctl"],
}
DIRS = ["etc/sysctl.d", "run/sysctl.d", "usr/local/lib/sysctl.d", "usr/lib/sysctl.d", "lib/sysctl.d"]
WIDE = {
    "net.ipv4.tcp_fin_timeout": (1, 100000),
    "net.ipv4.tcp_keepalive_time": (1, 100000),
    "net.ipv4.tcp_keepalive_intvl": (1, 100000),
    "net.ipv4.tcp_max_tw_buckets": (1, 1000000),
    "net.ipv4.tcp_max_syn_backlog": (1, 1000000),
    "net.core.somaxconn": (1, 1000000),
    "net.ipv4.conf.all.log_martians": (1, 1000000),
    "net.ipv4.conf.default.log_martians": (1, 1000000),
}
NARROW = {
    "net.ipv4.tcp_keepalive_probes": (0, 255),
    "net.ipv4.tcp_tw_reuse": (0, 2),
    "net.ipv4.tcp_retries2": (0, 255),
    "net.ipv4.tcp_syn_retries": (1, 127),
    "net.ipv4.tcp_rfc1337": (0, 255),
}
RANGE = "net.ipv4.ip_local_port_range"
PORTS = "net.ipv4.ip_local_reserved_ports"
START = "net.ipv4.ip_unprivileged_port_start"
VECTORS = ["net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"]
WORDS = []
KEYS = [*WIDE, *NARROW, RANGE, PORTS, START, *VECTORS]


def is_explained(key, value, found):
    """What finwait cannot know of the running kernel, and says so where it matters."""
    if key == "net.ipv4.tcp_invalid_ratelimit":
        # ms, rounded up to the tick, of 10 ms at most; msecs_to_jiffies() cuts 99999999999 to 32 bits
        return int(value) <= int(found) < int(value) + 10 or 1215752191 <= int(found) <= 1215752200
    if key == "net.ipv4.tcp_ecn":  # 0 to 255, 2 or 5, as the kernel is old: finwait takes what one of them takes
        return int(value) > 2
    return False


def add_knobs(bootvalues):
    """Every knob of the catalogue that can be written in a network namespace of its own."""
    for row in subprocess.run([bootvalues], check=True, capture_output=True, text=True).stdout.splitlines():
        key, shape, low, high = row.split()
        if key in KEYS or not os.access(f"/proc/sys/{key.replace('.', '/')}", os.W_OK):
            continue
        if shape == "vector":
            VECTORS.append(key)
        elif shape == "word":
            WORDS.append(key)
        elif shape != "number":
            raise AssertionError(f"{key}: no texts for a {shape}")
        elif int(high) - int(low) > 1000:
            WIDE[key] = (1, 100000)
        else:
            NARROW[key] = (int(low), int(high))
        KEYS.append(key)


def controls():
    """Congestion controls that any namespace may choose."""
    with open("/proc/sys/net/ipv4/tcp_allowed_congestion_control", encoding="ascii") as f:
        return f.read().split()
GLOBS = [
    "net.ipv4.tcp_*",
    "net.ipv4.tcp_keepalive_*",
    "net.ipv4.tcp_fin_timeou?",
    "net.ipv4.tcp_[fk]*",
    "net.ipv4.tcp_[!f]*_time*",
    "net.*.tcp_fin_timeout",
    "net.*.somaxconn",
    "net.ipv4.conf.*.log_martians",
    "net/ipv4/conf/*/log_martians",
    "/net/ipv4/conf/*/log_martians",
    "net.ipv4.conf.*.log_*",
    "net..ipv4.conf.*.log_martians",
    "net.ipv4.conf.d*.log_martians",
    "*.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_fi?\\_timeout",
    "net.ipv4.{tcp_fin_timeout,x}",
    "net.ipv4.ip_local_*",
    "net.ipv4.ip_*_port_*",
    "net.*",
    "net*",
    "net/ipv4/*/../tcp_fin_timeout",
    "net/ipv4/./tcp_keepalive_*",
    "net.ipv4.tcp_max[",
]
NAMES = [
    "10-a.conf", "20-b.conf", "50-default.conf", "99-sysctl.conf", "99-z.conf", "zz.conf",
    ".hidden.conf", ".conf", "60-x y.conf", "sysctl.conf", "A.conf", "a.conf", "5.conf",
    "100-b.conf", "x.conf.bak", "README", "b*.conf", "[a].conf", "20-?.conf", "5\\.conf",
]


class Texts:
    """Values, each number written once where the sysctl has room for it."""

    def __init__(self, rng):
        self.rng = rng
        self.n = 0

    def next(self):
        self.n += 1
        return 100 + self.n * 7

    def number(self, key):
        return self.next() if key in WIDE else self.rng.randint(*NARROW[key])

    def ports(self):
        rng, base = self.rng, 2000 + self.next()
        return rng.choice([
            f"{base}", f"{base},{base + 1},{base + 2}", f"{base}-{base + 3}",
            f"{base + 5},{base},{base + 5}", f"{base}-{base + 9},{base + 4}-{base + 12}",
            f"{base},", f"{base},,{base + 2}", f"{base} {base + 2}", f"{base}-", "",
            f"{base}, {base + 2}", "5-1", "70000", "-1", "0x50", "010", f"{base}-{base}",
            ",".join(str(10001 + 2 * i) for i in range(rng.choice([600, 680, 683, 690, 1300, 2500]))),
            ",".join(f"{10001 + 3 * i}-{10002 + 3 * i}" for i in range(rng.choice([300, 340, 341, 342, 900]))),
            ",".join(str(10001 + 2 * i) for i in range(800)) + ",x",
            ",".join(str(10001 + 2 * i) for i in range(600)) + ",x" + ",1" * 1200,
        ])

    def range(self):
        low = 1500 + self.next()
        return self.rng.choice([
            f"{low} 60999", f"{low}\t61000", f"{low}", f"{low} 60000 7", "500 60999", "70000 1",
            f"60000 {low}", f"{low},60999", f"{low}-60999", "", f"0x{low:x} 0170000", "0 5",
            "600 65535", f"{low} x", f"  {low}   60999",
        ])

    def vector(self):
        """Three numbers; of fewer the kernel takes what there is, of a bad one what stands before it."""
        n = 5000 + self.next()
        return self.rng.choice([
            f"{n} {n + 1} {n + 2}", f"{n}", f"{n} {n + 1}", f"{n}\t{n}\t{n}", f"{n} 7000 6000", f"{n} 0 {n}", f"0 {n} {n}",
            f"{n} {n} -1", f"{n} x {n}", f"{n} {n} 99999999999", "", f"{n} {n} {n} {n}", f"{n},{n},{n}", f"0x{n:x} 0{n:o} {n}",
            f"{n} {n} {n} # why", f"{n}.5 {n} {n}", f'"{n} {n} {n}"',
        ])

    def word(self):
        return self.rng.choice([
            *controls(), "nosuch", "nosuch", "reno x", "RENO", "", "reno,cubic", "ren", "renoo", "verylongnamexxxxxxxxxxxxxxxxx",
            "ren\x01o", "2", '"reno"', "reno # why",
        ])

    def start(self):
        return self.rng.choice(["0", "500", "1024", "40000", "32769", "32768", "65535", "65536", "-1", "x"])

    def of(self, key):
        rng = self.rng
        if key == RANGE:
            return self.range()
        if key == PORTS:
            return self.ports()
        if key == START:
            return self.start()
        if key in VECTORS:
            return self.vector()
        if key in WORDS:
            return self.word()
        n = self.number(key)
        if rng.random() < 0.6:
            return str(n)
        return rng.choice([
            f"0x{n:x}", f"0X{n:X}", f"0{n:o}", f"{n} # why", f"{n} {n + 1}", f"{n}\t;x", f'"{n}"', f"'{n}'",
            "abc", f"{n}x", f"{n}.5", f"+{n}", "", "99999999999", "99999999999999999999999", f"-{n}", "-0", "0",
            f"{n}\\", f"000{n:o}", f"{n}=1", "0x", "08", "256", f"{n},{n}", f"{n}\r", "0" * 60 + "1", "2147483648",
            "-2147483648", f"{n} " + "x" * 5000, f"{n}," + "x" * 5000, "-", "0x7", "1 ", f"{n}#x", "\x0b" + str(n), str(n) + "\x0c",
        ])


def spelled(rng, key):
    """A key in one of the ways it can be written, or nearly."""
    path = key.replace(".", "/")
    if rng.random() < 0.55:
        return key
    head, tail = path.rsplit("/", 1)
    return rng.choice([
        path, "/" + path, "//" + path, key.replace(".", "..", 1), path + "/", f"{head}/./{tail}", f"{head}//{tail}",
        f"{head}/../ipv4/{tail}", f"/../sys/{path}", "/proc/sys/" + path, "." + key, key + "x", key.upper(),
        "\ufeff" + key, f"nosuch/../{path}", f"{head}/conf/../{tail}", f"{path}/.", f"{path}/..", f"'{key}'", "./" + path,
        key[:-1], key.replace(".", "/", 1), key + ".x", "net/./ipv4/../../" + path,
    ])


def line_of(rng, texts):
    key = rng.choice(KEYS)
    if rng.random() < 0.3:
        return f"{key} = {texts.of(key)}"
    if rng.random() < 0.5:  # so that they meet
        key = rng.choice(KEYS[:3] + KEYS[6:9])
    name = rng.choice(GLOBS) if rng.random() < 0.22 else spelled(rng, key)
    if name in GLOBS and rng.random() < 0.8:
        key = rng.choice(list(WIDE))
    kind = rng.random()
    if kind < 0.10:
        return rng.choice(["-", "- ", " -", "-\t", "--"]) + name
    if kind < 0.22:
        return rng.choice(["-", "- ", " -", "--", "- -", "-\r"]) + f"{name}={texts.of(key)}"
    if kind < 0.34:
        return rng.choice([
            "", " ", "\t", "# x", "  ; x = 1", "a", "=", "=1", "-", "--", "-=1", f"{key}", f"{key} 5", "[sysctl]",
            f"[{key}]", f"#{key}=5", f"; {key} = 5", "\ufeff# x", "\ufeff", f"{key}: 5", "x" * 5000, "\\",
            f"# x \\\n{key} = {texts.of(key)}", f"#\r{key}={texts.of(key)}", f"#\0{key}={texts.of(key)}",
            f"{key}={texts.of(key)}\0{key}={texts.of(key)}", f"{key}={texts.of(key)}\r{key}={texts.of(key)}", "net.ipv4.nosuch = 1",
            "kernel.nosuch=1", f"{key}\0=5", "...=1", "/=1", "../..=1", "*=1", "net=1", "net.ipv4=1", f" \x0b{key}={texts.of(key)}",
            f"{key}\x0c = {texts.of(key)}", f"\r{key} = {texts.of(key)}", f"\x01{key}=1",
        ])
    return rng.choice(["", "", "", " ", "\t "]) + name + rng.choice(["=", " = ", "\t=\t", " =", "= "]) + texts.of(key) + rng.choice(["", "", "", " ", "\t"])


def text_of(rng, texts):
    end = rng.choice(["\n", "\n", "\n", "\r\n", "\r"])
    lines = [line_of(rng, texts) for _ in range(rng.choice([1, 2, 3, 5, 8]))]
    if rng.random() < 0.01:
        lines.insert(rng.randrange(len(lines) + 1), "#" + "x" * ((1 << 20) - rng.choice([0, 1, 2])))
    text = end.join(lines) + rng.choice([end, end, ""])
    return (("\ufeff" if rng.random() < 0.03 else "") + text).encode()


def make_entry(rng, texts, path):
    kind = rng.random()
    if kind < 0.78:
        with open(path, "wb") as f:
            f.write(text_of(rng, texts))
    elif kind < 0.83:
        open(path, "wb").close()
    elif kind < 0.87:
        os.symlink("/dev/null", path)
    elif kind < 0.90:
        os.symlink("nowhere", path)
    elif kind < 0.93:
        os.mkdir(path)
    elif kind < 0.95:
        os.symlink(os.path.basename(path), path)  # a loop
    elif kind < 0.98:
        os.symlink("/etc/sysctl.conf", path)
    else:
        os.symlink("../../etc/other", path)


def make_tree(rng, root):
    texts = Texts(rng)
    for directory in DIRS:
        path = f"{root}/{directory}"
        for name in os.listdir(path):
            whole = f"{path}/{name}"
            if os.path.isdir(whole) and not os.path.islink(whole):
                os.rmdir(whole)
            else:
                os.unlink(whole)
    for name in ("sysctl.conf", "other"):
        whole = f"{root}/etc/{name}"
        if os.path.isdir(whole) and not os.path.islink(whole):
            os.rmdir(whole)
        elif os.path.lexists(whole):
            os.unlink(whole)
    with open(f"{root}/etc/other", "wb") as f:
        f.write(text_of(rng, texts))
    names = rng.sample(NAMES, rng.choice([1, 2, 4, 6]))
    for directory in DIRS:
        for name in names:
            if rng.random() < 0.45:
                make_entry(rng, texts, f"{root}/{directory}/{name}")
    if rng.random() < 0.6:
        if rng.random() < 0.85:
            with open(f"{root}/etc/sysctl.conf", "wb") as f:
                f.write(text_of(rng, texts))
        else:
            make_entry(rng, texts, f"{root}/etc/sysctl.conf")
        link = f"{root}/etc/sysctl.d/99-sysctl.conf"
        if rng.random() < 0.5 and not os.path.lexists(link):
            os.symlink("../sysctl.conf", link)


def mount(*arguments):
    subprocess.run(["mount", *arguments], check=True)


def make_root(root):
    """What the two programs need, and directories of sysctl.d of their own."""
    mount("--make-rprivate", "/")
    mount("-t", "tmpfs", "tmpfs", root)
    for name in ("etc/sysctl.d", "run/sysctl.d", "lib/sysctl.d", "usr", "proc", "dev", "var/lib/dpkg"):
        os.makedirs(f"{root}/{name}")
    mount("--bind", "/usr", f"{root}/usr")
    mount("-t", "tmpfs", "tmpfs", f"{root}/usr/local/lib")
    mount("-t", "tmpfs", "tmpfs", f"{root}/usr/lib/sysctl.d")
    os.mkdir(f"{root}/usr/local/lib/sysctl.d")
    mount("-o", "remount,ro,bind", f"{root}/usr")
    os.symlink("usr/lib64", f"{root}/lib64")
    # no link to usr/lib, so that /lib/sysctl.d is one more directory
    for name in os.listdir("/usr/lib"):
        if name != "sysctl.d":
            os.symlink(f"../usr/lib/{name}", f"{root}/lib/{name}")
    open(f"{root}/dev/null", "wb").close()
    mount("--bind", "/dev/null", f"{root}/dev/null")
    mount("--bind", "/proc", f"{root}/proc")
    mount("--bind", "/proc/sys", f"{root}/proc/sys")
    mount("-o", "remount,ro,bind", f"{root}/proc/sys")
    mount("--bind", "/proc/sys/net", f"{root}/proc/sys/net")
    with open(f"{root}/var/lib/dpkg/status", "wb") as f:
        f.write(subprocess.run(["dpkg-query", "-s", "procps"], check=True, capture_output=True).stdout)


def read_values(root):
    values = {}
    for key in KEYS:
        fd = os.open(f"{root}/proc/sys/{key.replace('.', '/')}", os.O_RDONLY)
        # a second read() would get nothing
        values[key] = " ".join(os.read(fd, 1 << 20).decode().split())
        os.close(fd)
    return values


def run_fresh(root, command):
    """The values once the command has run in a network namespace as after a boot."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(reader)
            if LIBC.unshare(CLONE_NEWNET) < 0:
                raise OSError(ctypes.get_errno(), "unshare")
            if command:
                status = subprocess.run(
                    ["chroot", root, *command], stdin=subprocess.DEVNULL, timeout=30, check=False,
                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={"PATH": "/usr/sbin:/usr/bin"},
                ).returncode
                if status not in (0, 1):
                    raise RuntimeError(f"{command}: status {status}")
            with os.fdopen(writer, "w") as f:
                for key, value in read_values(root).items():
                    f.write(f"{key} {value}\n")
            os._exit(0)
        finally:
            os._exit(1)
    os.close(writer)
    with os.fdopen(reader, "r") as f:
        text = f.read()
    if os.waitpid(pid, 0)[1] != 0:
        raise RuntimeError(f"{command}: the child failed")
    return dict(line.split(" ", 1) for line in text.splitlines())


def expectations(root, bootvalues, defaults):
    output = subprocess.run([bootvalues, root, defaults], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    rows = {}
    for row in output.split(b"\n")[:-1]:
        key, engine, value, file, line, text = row.split(b"\t", 5)
        rows[engine.decode(), key.decode()] = (value.decode(), file.decode(), int(line), text)
    return rows


def contents(root):
    """Every regular file of the tree, by the path it has there."""
    files = {}
    places = [f"/{d}/{name}" for d in DIRS for name in sorted(os.listdir(f"{root}/{d}"))]
    for path in [*places, "/etc/sysctl.conf", "/etc/other"]:
        if os.path.isfile(root + path) and not os.path.islink(root + path):
            with open(root + path, "rb") as f:
                files[path] = f.read()
    return files


def resolved(root, path):
    while os.path.islink(root + path):
        path = os.path.normpath(os.path.join(os.path.dirname(path), os.readlink(root + path)))
    return path


def is_told(root, file, line, text, files):
    """Does the text stand on that line, and nowhere else? Then the value tells the line."""
    if text not in files[resolved(root, file)].split(b"\n")[line - 1]:
        raise AssertionError(f"{file}:{line} has no {text!r}")
    return len(text) > 2 and sum(content.count(text) for content in files.values()) == 1


def show(root, files):
    for path, content in files.items():
        print(f"--- {path}")
        for number, line in enumerate(content.split(b"\n"), 1):
            print(f"{number:4} {line[:160]!r}")
    for directory in DIRS:
        for name in sorted(os.listdir(f"{root}/{directory}")):
            whole = f"{root}/{directory}/{name}"
            if os.path.islink(whole):
                print(f"--- /{directory}/{name} -> {os.readlink(whole)}")
            elif os.path.isdir(whole):
                print(f"--- /{directory}/{name}/")


def main():
    seed, count, bootvalues = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    root = tempfile.mkdtemp(prefix="boot", dir=os.environ.get("TMPDIR", "/tmp"))
    n_compared = n_told = n_explained = n_wrong = 0
    add_knobs(bootvalues)
    make_root(root)
    defaults = f"{root}/defaults"
    before = run_fresh(root, None)
    with open(defaults, "w", encoding="ascii") as f:
        f.writelines(f"{key} {value}\n" for key, value in before.items())
    for i in range(count):
        rng = random.Random(f"{seed} {i}")
        make_tree(rng, root)
        files = contents(root)
        expected = expectations(root, bootvalues, defaults)
        bad = False
        for engine, command in ENGINES.items():
            found = run_fresh(root, command)
            for key in KEYS:
                value, file, line, text = expected[engine, key]
                value = before[key] if file == "-" else value
                n_compared += 1
                if file != "-":
                    n_told += is_told(root, file, line, text, files)
                if value != found[key] and is_explained(key, value, found[key]):
                    n_explained += 1
                elif value != found[key]:
                    print(f"tree {i}: {engine}: {key} is {found[key][:200]!r}, and not {value[:200]!r} ({file}:{line} {text[:80]!r})")
                    n_wrong += 1
                    bad = True
        if bad and n_wrong < 40:
            show(root, files)
    print(f"seed {seed}: {count} trees, {n_compared} values compared, {len(KEYS)} keys, {n_told} lines told by their value, {n_explained} explained, {n_wrong} wrong")
    subprocess.run(["umount", "-R", "-l", root], check=False)
    shutil.rmtree(root, ignore_errors=True)
    return n_wrong > 0


if __name__ == "__main__":
    sys.exit(main())
