#!/usr/bin/env python3
"""Put files of a package of the Python index into a folder.

usage: unpack_package.py [--flat] PACKAGE==VERSION FOLDER PATTERN..      (Python with pip, and a network)
Files whose paths in the package match a pattern, those of the last pattern last, and licenses. Each is moved to its place when it
is whole: its path in the package, or with --flat its name alone.
"""
import argparse, fnmatch, glob, os, shutil, signal, subprocess, sys, tempfile, zipfile

def wanted(names, patterns):
    names = [n for n in names if not n.endswith("/")]
    found = [n for n in names if "license" in n.lower()]
    for pattern in patterns:
        found += [n for n in names if fnmatch.fnmatchcase(n, pattern) and n not in found]
    return found

def unpack(wheel, scratch, folder, o):
    with zipfile.ZipFile(wheel) as z:
        for name in wanted(z.namelist(), o.patterns):
            part, to = os.path.join(scratch, "part"), os.path.join(folder, os.path.basename(name) if o.flat else name)
            with z.open(name) as source, open(part, "wb") as f:
                shutil.copyfileobj(source, f, 1 << 20)
            os.makedirs(os.path.dirname(to), exist_ok=True)
            os.chmod(part, 0o755)
            os.replace(part, to)

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--flat", action="store_true")
    p.add_argument("package")
    p.add_argument("folder")
    p.add_argument("patterns", nargs="+")
    o = p.parse_args()
    for s in (signal.SIGHUP, signal.SIGTERM):
        signal.signal(s, lambda *_: sys.exit(1))
    os.makedirs(o.folder, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="download.", dir=o.folder) as scratch:
        pip = [sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:"]
        if subprocess.run([*pip, "-d", scratch, o.package]).returncode:
            sys.exit(f"{o.package} could not be downloaded")
        (wheel,) = glob.glob(os.path.join(scratch, "*.whl"))
        unpack(wheel, scratch, o.folder, o)

if __name__ == "__main__":
    main()
