# SPDX-License-Identifier: Apache-2.0
"""Links between pages lead somewhere; docs/reference/limits.md is what the headers say."""
import posixpath
import re
import urllib.parse

from tree import Finding, is_test, line_of

LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\(([^)\s]+)\)|!\[[^\]\n]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
LIMITS = "docs/reference/limits.md"
NAMESPACE = re.compile(r"^namespace ([\w:]+) \{$", re.MULTILINE)
STRUCT = re.compile(r"^(?:struct|class) (\w*(?:Options|Limits))\s*\{(.*?)^\};", re.MULTILINE | re.DOTALL)
FIELD = re.compile(r"^  (?P<type>[\w:<>,:' ]+?)\s+(?P<name>[a-z]\w*)(?:\s*=\s*(?P<init>.+?)|\{(?P<brace>.*?)\})?;"
                   r"[ \t]*(?://[ \t]*(?P<says>.*))?$")
ENUM = re.compile(r"^  enum class \w+ : [\w:]+ \{[^}]*\} (?P<name>\w+) = \w+::(?P<init>\w+);[ \t]*(?://[ \t]*(?P<says>.*))?$")


def check(tree):
    yield from links(tree)
    written = tree.text(LIMITS) if tree.has(LIMITS) else ""
    made = limits_page(tree)
    if made and written != made:
        yield Finding(LIMITS, 1, "limits", "differs from the headers: tools/tidy/tidy.py --write-limits")


def links(tree):
    for path in tree.paths:
        if not path.endswith(".md"):
            continue
        text = FENCE.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), tree.text(path))
        text = re.sub(r"`[^`\n]*`(?!\])", lambda m: " " * len(m[0]), text)
        for match in LINK.finditer(text):
            target = match[1] or match[2]
            if re.match(r"[a-z]+:", target):
                continue
            file, _, anchor = urllib.parse.unquote(target).partition("#")
            place = posixpath.normpath(posixpath.join(posixpath.dirname(path), file)) if file else path
            line = line_of(text, match.start())
            if not (tree.root / place).exists():
                yield Finding(path, line, "link", f"{target} leads nowhere")
            elif anchor and place.endswith(".md") and anchor not in anchors(tree, place):
                yield Finding(path, line, "link", f"{place} has no heading #{anchor}")


def anchors(tree, path):
    text = FENCE.sub("", (tree.root / path).read_text(encoding="utf-8"))
    out = set()
    for heading in re.findall(r"^#+\s+(.*?)\s*$", text, re.MULTILINE):
        slug = re.sub(r"[^\w\- ]", "", re.sub(r"[`*]", "", heading).lower()).replace(" ", "-")
        out.add(slug)
    return out


def options(tree):
    """(qualified struct, header, [(field, default, what it says)]) for every Options and Limits of a public header."""
    for path in tree.headers():
        if not path.startswith(("ashlar/", "backend/")) or "/detail/" in path or is_test(path):
            continue
        for match in STRUCT.finditer(tree.text(path)):
            fields, above = [], []
            for line in match[2].split("\n"):
                comment = re.match(r"^  //[ \t]*(.*)$", line)
                if comment:
                    above.append(comment[1])
                    continue
                follow = re.match(r"^ {3,}//[ \t]*(.*)$", line)
                if follow and fields:
                    name, default, says = fields[-1]
                    fields[-1] = (name, default, (says + " " + follow[1]).strip())
                    continue
                field = FIELD.match(line) or ENUM.match(line)
                if field and not line.lstrip().startswith(("static", "using", "friend", "[[")):
                    groups = field.groupdict()
                    default = groups.get("init") or groups.get("brace") or ""
                    says = " ".join(above + ([groups["says"]] if groups["says"] else []))
                    fields.append((field["name"], with_unit(default.strip(), groups.get("type") or ""), says))
                above = []
            if fields:
                before = tree.text(path)[: match.start()]
                namespaces = [n for n in NAMESPACE.findall(before) if f"}}  // namespace {n}\n" not in before]
                yield f"{namespaces[-1]}::{match[1]}" if namespaces else match[1], path, fields


def with_unit(default, type_name):
    unit = {"std::chrono::milliseconds": " ms", "std::chrono::seconds": " s"}.get(type_name, "")
    return default.replace("'", "") + unit if unit and default else default


def limits_page(tree):
    found = list(options(tree))
    if not found:
        return ""
    out = ["# Options and limits", "",
           "Every option of the library with its default, taken from the headers by `tools/tidy/tidy.py --write-limits`.",
           "The unit is in the name; names that end in `_max` are limits.", ""]
    for name, path, fields in sorted(found, key=lambda f: (f[1], f[0])):
        out += [f"## {name}", "", f"[{path}](../../{path})", "",
                "| option | default | what it does |", "| --- | --- | --- |"]
        for field, default, says in fields:
            cell = f"`{default}`" if default else ""
            out.append(f"| `{field}` | {cell} | {says.replace('|', chr(92) + '|')} |")
        out.append("")
    return "\n".join(out)
