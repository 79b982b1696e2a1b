#!/usr/bin/env python3
"""Proves from the #include lines which room calls which, and that each heavy package is named in one place."""
import pathlib
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)

# A room may include itself and these.
ARROWS = {
    "lib/base": set(),
    "lib/iothub": {"base"},
    "lib/firmware": {"iothub", "base"},
    "lib/device": {"firmware", "iothub", "base"},
    "lib/localhub": {"base"},
    "cmd/fwctl": {"firmware", "iothub", "base"},
    "cmd/fwdevice": {"device", "firmware", "iothub", "base"},
    "cmd/fwhub": {"localhub", "base"},
    "cmd/common": {"iothub", "base"},
}

# Where alone a package may be included: a file, or a folder that ends in "/".
PACKAGES = {
    r"^(cpprest|pplx)/": "lib/iothub/cpprest_transport.cpp",
    r"^boost/": "lib/localhub/front/",
    r"^mosquitto\.h$": "lib/device/",
    r"^sqlite3\.h$": "lib/localhub/",
}

ALLOWED_IN_PROMISES = re.compile(r"^(fwctl/|nlohmann/json_fwd\.hpp$|[a-z_0-9]+$)")


def room_of(path):
    """lib/base/x.cpp is lib/base; include/fwctl/base/x.hpp belongs to lib/base, too."""
    parts = path.parts
    return f"lib/{parts[2]}" if parts[0] == "include" else "/".join(parts[:2])


def room_named_by(include):
    """The room that an include line names, or None for a package or a standard header."""
    match = re.match(r"(?:fwctl|lib)/([a-z]+)/", include)
    return match.group(1) if match else None


def faults_of(path, text):
    room = room_of(path)
    for include in INCLUDE.findall(text):
        target = room_named_by(include)
        own = room.split("/")[1]
        if target and target != own and target not in ARROWS[room]:
            yield f"{path}: {room} must not call {target} ({include})"
        if include.startswith("lib/") and target != own:
            yield f"{path}: includes {include}, which is not part of {target}'s promise"
        if path.parts[0] == "include" and not ALLOWED_IN_PROMISES.match(include):
            yield f"{path}: a public header must not include {include}"
        for package, place in PACKAGES.items():
            if re.match(package, include) and not str(path).startswith(place):
                yield f"{path}: {include} may be included in {place} alone"


def main(top):
    files = [f for room in ("include", "lib", "cmd") for f in sorted((top / room).rglob("*.[ch]pp"))]
    faults = [fault for f in files for fault in faults_of(f.relative_to(top), f.read_text())]
    print("\n".join(faults) or f"{len(files)} files: every arrow points where it may")
    return 1 if faults or not files else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
