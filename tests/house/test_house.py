"""The repository against its own rules (docs/architecture.md, CONTRIBUTING.md)."""

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ("practice", "clients", "routes", "sessions")
VIEW, FUNCTION, MODULE, TEMPLATE = 30, 40, 300, 150


@cache
def tracked() -> list[Path]:
    """Every file of the repository that exists, committed or not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    return [path for line in listed.splitlines() if (path := ROOT / line).is_file()]


def sources() -> list[Path]:
    """The product's own modules."""
    inside = [path for path in tracked() if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in APPS]
    return [path for path in inside if "migrations" not in path.parts]


def templates() -> list[Path]:
    """The product's own templates."""
    return [path for path in tracked() if path.suffix in (".html", ".txt") and "templates" in path.parts]


def functions(path: Path) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)]


def length(node: ast.FunctionDef) -> int:
    """Lines of a function without its hat and its docstring."""
    words = ast.get_docstring(node)
    return (node.end_lineno or 0) - node.lineno + 1 - (len(words.splitlines()) if words else 0)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_nothing_outgrows_its_page():
    long = []
    for path in sources():
        lines = len(path.read_text().splitlines())
        long += [f"{name(path)}: {lines} lines"] if lines > MODULE else []
        ceiling = VIEW if "views" in path.parts else FUNCTION
        long += [f"{name(path)}: {node.name} has {length(node)}" for node in functions(path) if length(node) > ceiling]
    for path in templates():
        lines = len(path.read_text().splitlines())
        long += [f"{name(path)}: {lines} lines"] if lines > TEMPLATE else []
    assert not long, "\n".join(long)


def test_no_drawer_for_everything():
    drawers = {"services", "utils", "helpers", "common", "misc"}
    assert not [name(path) for path in tracked() if drawers & {path.stem, *path.relative_to(ROOT).parts[:-1]}]


def test_public_things_say_what_they_are():
    mute = []
    for path in sources():
        tree = ast.parse(path.read_text())
        if path.read_text().strip() and not ast.get_docstring(tree):
            mute.append(name(path))
        if not {"domain", "models", "rules.py"} & set(path.parts):
            continue
        for node in tree.body:
            public = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
            if public and not ast.get_docstring(node):
                mute.append(f"{name(path)}: {node.name}")
    assert not mute, "\n".join(mute)


def test_rows_are_saved_by_field():
    """A bare save() writes back what another request may have changed meanwhile."""
    bare = []
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            is_save = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "save"
            if is_save and not node.args and not node.keywords:
                bare.append(f"{name(path)}:{node.lineno}: say update_fields=[…], or force_insert=True for a new row")
    assert not bare, "\n".join(bare)


def test_nothing_is_due_by_a_broker():
    """Messages are hints; when something is due stands in the database."""
    late = [name(path) for path in sources() if re.search(r"\b(eta|countdown)=", path.read_text())]
    assert not late


def test_no_clock_without_a_zone():
    naive = re.compile(r"datetime\.now\(\)|datetime\.utcnow|date\.today\(\)")
    assert not [name(path) for path in sources() if naive.search(path.read_text())]


TAGS = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.S)
SAID = re.compile(r"\{%\s*blocktranslate.*?endblocktranslate\s*%\}|\{%\s*comment.*?endcomment\s*%\}", re.S)
WORDLESS = re.compile(r"<(style|script|svg|title>\{%)[^>]*>.*?</\1>", re.S)


@pytest.mark.parametrize("path", templates(), ids=name)
def test_every_word_goes_through_gettext(path):
    """A bare word in a template cannot be translated. Product names and units stand in the list."""
    text = SAID.sub(" ", path.read_text())
    text = WORDLESS.sub(" ", TAGS.sub(" ", text))
    if path.suffix == ".html":
        shown = re.sub(r"<!--.*?-->|<[^>]*>|\b[a-z-]+=\"[^\"]*\"", " ", text, flags=re.S)
        shown += " ".join(re.findall(r'(?:aria-label|placeholder|alt|title)="([^"{]*[A-Za-z]{3}[^"]*)"', text))
    else:
        shown = text
    words = [word for word in re.findall(r"[A-Za-z]{3,}", shown) if word not in {"Alongside", "min", "nbsp", "amp"}]
    assert not words, words


NAMED = re.compile(
    r"(?:\b(?:client|colleague|watcher|reader|therapist|letter|\w+\.by|\w+_by)\.(?:called_name|called|name|doctor_name)"
    r"|\b(?:name|reader)=(?:hello|called))\b(?!\|apart)"
)
SENTENCES = re.compile(r"\{% block title %\}.*?\{% endblock %\}|\{% blocktranslate [^%]*asvar[^%]*%\}")


@pytest.mark.parametrize("path", templates(), ids=name)
def test_a_persons_name_is_set_apart_where_no_markup_can_do_it(path):
    """In a mail, a title or a note a name that runs from right to left would pull its neighbours along."""
    text = path.read_text()
    heads = re.findall(r"\{% blocktranslate[^%]*%\}", text) if path.parent.name == "mail" else SENTENCES.findall(text)
    assert not [head for head in heads if NAMED.search(head)]


def test_nothing_names_a_machine():
    """Commits hold no paths of a machine and no hosts of package registries."""
    words = re.compile("/" + "work/|/" + "root/|registry\\." + "npmjs|pypi\\." + "org/simple|deb\\." + "debian")
    texts = [path for path in tracked() if path.suffix in {".py", ".toml", ".md", ".txt", ".html", ".yml", ".sh", ""}]
    assert not [name(path) for path in texts if "vendor" not in path.parts and words.search(path.read_text("utf-8"))]
