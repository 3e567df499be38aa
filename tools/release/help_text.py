# SPDX-License-Identifier: Apache-2.0
"""The man page and the completions of bash, zsh and fish, from what `ashlar --help` says of each command."""
import dataclasses
import re
import subprocess
import time

HEADINGS = ("Positionals", "Options", "Subcommands")


@dataclasses.dataclass
class Command:
    words: list
    about: str = ""
    usage: str = ""
    footer: str = ""
    parts: dict = dataclasses.field(default_factory=lambda: {name: [] for name in HEADINGS})  # (what, says) each
    subcommands: list = dataclasses.field(default_factory=list)

    @property
    def name(self):
        return " ".join(self.words)


def parse(words, text):
    command = Command(words)
    heading, footer = "", []
    for line in text.splitlines():
        item = re.match(r"  (\S.*?)(?:\s{2,}(\S.*))?$", line)
        if line.startswith("Usage: "):
            command.usage, heading = line.removeprefix("Usage: "), "usage"
        elif line.rstrip(":") in HEADINGS and line.endswith(":"):
            heading = line.rstrip(":")
        elif heading in HEADINGS and line.startswith(" " * 8):  # the text of an item that is long itself
            what, _ = command.parts[heading].pop()
            command.parts[heading].append((what, line.strip()))
        elif heading in HEADINGS and item:
            command.parts[heading].append((item[1], item[2] or ""))
        elif not heading and line:
            command.about = line
        elif heading and line:
            heading = "footer"
            footer.append(line)
        elif footer:
            footer.append(line)
    command.footer = "\n".join(footer).strip()
    return command


def read(program, words=("ashlar",), root=None):
    """The command with its subcommands, each as its own --help describes it."""
    text = subprocess.run([program, *words[1:], "--help"], check=True, capture_output=True, text=True).stdout
    command = parse(list(words), text)
    if root and command.footer == root.footer:
        command.footer = ""
    for name, _ in command.parts["Subcommands"]:
        command.subcommands.append(read(program, (*words, name), root or command))
    return command


def all_of(command):
    yield command
    for each in command.subcommands:
        yield from all_of(each)


def options_of(command):
    """(names, takes a value, what it says)."""
    out = []
    for what, says in command.parts["Options"]:
        names, _, value = what.partition(" ")
        out.append((names.split(","), bool(value), says))
    return out


def readable(what):
    """`--wait INT:INT in [0 - 60]` without the second type, as a person writes it."""
    what = re.sub(r" (\w+):\w+ in \[(\S+) - (\S+)\]", r" \1 (\2 to \3)", what)
    return re.sub(r" TEXT:\{(.*)\}", lambda match: " " + match[1].replace(",", "|"), what).replace(" REQUIRED", "")


def escaped(text):
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + text if text.startswith((".", "'")) else text


def man_page(root, version, epoch, exit_codes, files):
    """ashlar(1) for man(7)."""
    day = time.strftime("%Y-%m-%d", time.gmtime(epoch))
    out = [f'.TH ASHLAR 1 "{day}" "ashlar {version}" "User Commands"', ".SH NAME", "ashlar \\- a backend in one binary",
           ".SH SYNOPSIS", ".B ashlar", ".RI [ OPTIONS ] \" COMMAND\"", ".SH DESCRIPTION", escaped(root.about),
           "Settings come from the environment and from a file", ".I .env", "in the working directory.", ".SH COMMANDS"]
    for command in all_of(root):
        if command is root or command.subcommands:
            continue
        usage = command.usage.removeprefix(command.name).strip()
        out += [".SS " + escaped(command.name), ".B " + escaped(command.name), escaped(usage) if usage else "", ".PP",
                escaped(command.about)]
        for what, says in command.parts["Positionals"] + command.parts["Options"]:
            if not what.startswith("-h"):
                out += [".TP", ".B " + escaped(readable(what)), escaped(says)]
        if command.footer:
            out += [".PP", *(escaped(line) for line in command.footer.splitlines() if line)]
    out.append(".SH EXIT STATUS")
    for code, says in exit_codes:
        out += [".TP", ".B " + code, escaped(says)]
    out.append(".SH FILES")
    for file, says in files:
        out += [".TP", ".I " + escaped(file), escaped(says)]
    out += [".SH EXAMPLES", ".nf", *(escaped(line.strip()) for line in root.footer.splitlines() if line[:2] == "  "), ".fi"]
    return "\n".join(line for line in out if line) + "\n"


def bash_completion(root):
    lines = []
    for command in all_of(root):
        words = [name for name, _ in command.parts["Subcommands"]] + \
            [name for names, _, _ in options_of(command) for name in names if name.startswith("--")]
        lines.append(f"    '{command.name}') words='{' '.join(words)}' ;;")
    names = "|".join(command.name for command in all_of(root) if command.subcommands)
    return f"""# bash completion for ashlar
_ashlar() {{
  local path=ashlar word words=
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
    case $path in {quoted_alternatives(names)}) [[ $word == -* ]] || path+=" $word" ;; esac
  done
  case $path in
{chr(10).join(lines)}
  esac
  COMPREPLY=($(compgen -W "$words" -- "${{COMP_WORDS[COMP_CWORD]}}"))
}}
complete -o default -F _ashlar ashlar
"""


def quoted_alternatives(names):
    return "|".join(f"'{name}'" for name in names.split("|"))


def zsh_quoted(text):
    return text.replace("'", "’").replace("[", "(").replace("]", ")").replace(":", "\\:")


def zsh_completion(root):
    cases = []
    for command in all_of(root):
        items = [f"'{name}:{zsh_quoted(says)}'" for name, says in command.parts["Subcommands"]]
        options = [f"'{name}[{zsh_quoted(says)}]{':value:_files' if value else ''}'"
                   for names, value, says in options_of(command) for name in names if name.startswith("--")]
        body = f"items=({' '.join(items)}); " if items else ""
        cases.append(f"    '{command.name}') {body}options=({' '.join(options)}) ;;")
    names = quoted_alternatives("|".join(command.name for command in all_of(root) if command.subcommands))
    return f"""#compdef ashlar
local name=ashlar word
local -a items options
for word in "${{words[@]:1:CURRENT-2}}"; do
  case $name in {names}) [[ $word == -* ]] || name+=" $word" ;; esac
done
case $name in
{chr(10).join(cases)}
esac
(( $#items )) && _describe command items
[[ $PREFIX == -* || -z $items ]] && _arguments -A '-*' $options '*:file:_files'
"""


def fish_completion(root):
    out = ["# fish completion for ashlar", "complete -c ashlar -f"]
    for command in all_of(root):
        seen = " ".join(command.words[1:])
        condition = f"__fish_seen_subcommand_from {command.words[-1]}" if seen else "__fish_use_subcommand"
        if len(command.words) > 2:
            condition = f"__fish_seen_subcommand_from {command.words[1]}; and {condition}"
        siblings = [name for name, _ in command.parts["Subcommands"]]
        among = f"{condition}; and not __fish_seen_subcommand_from {' '.join(siblings)}" if siblings and seen else condition
        for name, says in command.parts["Subcommands"]:
            out.append(f"complete -c ashlar -n '{among}' -a {name} -d {fish_quoted(says)}")
        for names, value, says in options_of(command):
            long = next((name[2:] for name in names if name.startswith("--")), None)
            if long:
                out.append(f"complete -c ashlar -n '{condition}' -l {long}{' -r' if value else ''} -d {fish_quoted(says)}")
    return "\n".join(out) + "\n"


def fish_quoted(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
