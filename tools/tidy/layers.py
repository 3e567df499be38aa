# SPDX-License-Identifier: Apache-2.0
"""Includes: downwards only, no cycles, no private headers of other modules, no third-party header in a public one."""
import posixpath
import re

from tree import Finding, is_test, line_of

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)
STANDARD = re.compile(r"[a-z_0-9]+$")
# Part of our public interface, each in the module that it belongs to (ARCHITECTURE.md).
PUBLIC_THIRD_PARTY = {
    "boost/asio/awaitable.hpp": "async",
    "boost/asio/io_context.hpp": "async",
    "boost/describe.hpp": "schema",
    "boost/describe/": "schema",
    "boost/mp11.hpp": "schema",
    "boost/mp11/": "schema",
}
REPOSITORY = re.compile(r"^backend/.*_repository\.[hc]pp$")
ENDPOINT = re.compile(r"^(?:Task|Result)<[^;{]*?\bapi::\w*Call&", re.MULTILINE)
UMBRELLA = "ashlar/ashlar.hpp"


def includes(tree, path):
    text = tree.text(path)
    for match in INCLUDE.finditer(text):
        yield line_of(text, match.start()), match[1], match[2]


def table(architecture):
    """The modules and what each may include, from the table in ARCHITECTURE.md."""
    allowed = {}
    for row in re.finditer(r"^\|([^|]+)\|([^|]+)\|\s*$", architecture, re.MULTILINE):
        names = [n.strip() for n in row[1].split(",")]
        rule = row[2].strip()
        if names == ["module"] or set(row[1].strip()) <= {"-", " "}:
            continue
        if rule in ("nothing of ours", "none"):
            below = set()
        elif rule == "everything below":
            below = set(allowed)
        else:
            below = {n.strip() for n in rule.split(",")}
        for name in names:
            allowed[name] = below
    return allowed


def module_of(path):
    parts = path.split("/")
    if parts[0] == "ashlar":
        return parts[1] if len(parts) > 2 else "umbrella"
    return parts[0]


def check(tree):
    if not tree.has("ARCHITECTURE.md"):
        return
    allowed = table(tree.text("ARCHITECTURE.md"))
    if not allowed:
        yield Finding("ARCHITECTURE.md", 1, "layers", "the table '| module | may include |' is not there")
    for path in tree.cpp():
        module = module_of(path)
        for line, ours, theirs in includes(tree, path):
            if theirs is not None:
                yield from third_party(path, line, module, theirs)
            else:
                yield from own(tree, allowed, path, line, module, ours)
    yield from unknown_modules(tree, allowed)
    yield from features(tree, allowed)
    yield from repositories(tree)
    yield from cycles(tree)


def own(tree, allowed, path, line, module, target):
    if path.startswith("tests/") and tree.has(posixpath.join(posixpath.dirname(path), target)):
        return
    if not tree.has(target):
        yield Finding(path, line, "layers", f'"{target}" is no file: name it from the root of the repository')
        return
    there = module_of(target)
    if target == UMBRELLA and module in allowed and module not in ("backend", "cli"):
        yield Finding(path, line, "layers", f"{UMBRELLA} is for users of the library, not for its own modules")
    elif module in allowed and there in allowed and there != module and there not in allowed[module]:
        yield Finding(path, line, "layers", f"{module} may not include {there} (ARCHITECTURE.md)")
    elif there != module and "/detail/" in target and module != "fuzz":
        yield Finding(path, line, "layers", f"{target} is private to {there}")


def feature_of(path):
    """A folder of the backend that has C++ in it: "backend/users"; None for any other file."""
    parts = path.split("/")
    return "/".join(parts[:2]) if parts[0] == "backend" and len(parts) > 2 else None


def features(tree, allowed):
    """The features of the backend include each other by the table of their own in ARCHITECTURE.md."""
    unknown = set()
    for path in tree.cpp():
        feature = feature_of(path)
        if feature is None or is_test(path):
            continue
        if feature not in allowed:
            if feature not in unknown:
                yield Finding(path, 1, "layers", f"the feature {feature} is not in the table of ARCHITECTURE.md")
            unknown.add(feature)
            continue
        for line, target, _ in includes(tree, path):
            there = feature_of(target or "")
            if there not in (None, feature) and there not in allowed[feature]:
                yield Finding(path, line, "layers", f"{feature} may not include {there} (ARCHITECTURE.md)")


def repositories(tree):
    """Repositories serve endpoints and transports, so they include neither. An endpoint's header declares a free
    function that takes a Call."""
    for path in tree.cpp():
        if not REPOSITORY.search(path) or is_test(path):
            continue
        for line, target, _ in includes(tree, path):
            if target is None:
                continue
            if module_of(target) in ("web", "http"):
                yield Finding(path, line, "layers", f"a repository includes nothing of {module_of(target)}")
            elif feature_of(target) and tree.has(target) and ENDPOINT.search(tree.code(target)):
                yield Finding(path, line, "layers", f"a repository includes no endpoint, as {target} is")


def third_party(path, line, module, header):
    if not path.startswith("ashlar/") or not path.endswith(".hpp") or STANDARD.fullmatch(header):
        return
    if "/detail/" in path or "/conformance/" in path:
        return
    for prefix, home in PUBLIC_THIRD_PARTY.items():
        if (header == prefix or prefix.endswith("/") and header.startswith(prefix)) and module in (home, "web"):
            return
    yield Finding(path, line, "third-party", f"<{header}> belongs in a .cpp or in detail/, not in a public header")


def unknown_modules(tree, allowed):
    seen = set()
    for path in tree.cpp():
        module = module_of(path)
        if path.startswith("ashlar/") and module != "umbrella" and module not in allowed and module not in seen:
            seen.add(module)
            yield Finding(path, 1, "layers", f"the module {module} is not in the table of ARCHITECTURE.md")


def cycles(tree):
    """Header cycles, each reported once. What a header includes on its last lines counts, too, unless it is its own
    detail/ half (which may need the whole header first)."""
    graph = {}
    for path in tree.headers():
        folder = posixpath.dirname(path)
        graph[path] = [t for _, t, _ in includes(tree, path)
                       if t and tree.has(t) and not t.startswith(folder + "/detail/")]
    state = {}

    def visit(node, trail):
        state[node] = "open"
        for target in graph.get(node, ()):
            if state.get(target) == "open":
                start = trail.index(target) if target in trail else 0
                yield Finding(node, 1, "layers", "include cycle: " + " -> ".join(trail[start:] + [target]))
            elif target not in state:
                yield from visit(target, trail + [target])
        state[node] = "done"

    for node in graph:
        if node not in state:
            yield from visit(node, [node])
