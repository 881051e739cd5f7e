"""The sizes of the addons: lines, files, SQL by hand, models extended in several classes."""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from . import addons
from .paths import ROOT

# Not part of the product itself.
_BESIDE = {"tests", "demo", "__pycache__"}
_BY_HAND = {"execute", "execute_query", "execute_query_dict"}
BASE = "leads_agent"
# The folder of classes that extend a model to guard what the role may see and do.
GUARDS = "access"
# The limits. Exceptions are listed, and may only shrink.
MOST_LINES_OF_BASE = 9_010
MOST_MODELS_OF_BASE = 30
MOST_LINES_OF_FILE = 400
MOST_LINES_OF_FUNCTION, MOST_PARAMETERS = 60, 6
LONGER_FILES: dict[str, int] = {}


@dataclass(frozen=True)
class File:
    """A Python file of an addon."""

    path: Path
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def lines(self) -> int:
        return self.text.count("\n")

    @property
    def name(self) -> str:
        return str(self.path.relative_to(ROOT)) if self.path.is_relative_to(ROOT) else str(self.path)

    def functions(self) -> Iterator[tuple[str, int, int]]:
        """Yield the name, the length in lines and the number of parameters of each function, without ``self``.

        >>> list(File(Path("a.py"), "class A:\\n    def b(self, c, *, d=1):\\n        pass\\n").functions())
        [('b', 2, 2)]
        """
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                parameters = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
                count = sum(one.arg not in ("self", "cls") for one in parameters)
                yield node.name, node.end_lineno - node.lineno + 1, count

    def statements_by_hand(self) -> int:
        """Count the places where SQL is sent to the database.

        >>> File(Path("a.py"), "cr.execute(query)\\nrows = env.execute_query(query)").statements_by_hand()
        2
        """
        return sum(_is_call_of(node, *_BY_HAND) for node in ast.walk(self.tree))

    def sudos_without_reason(self) -> list[int]:
        """Return the lines of each ``sudo()`` without a comment above its statement or within it.

        >>> code = "# sudo: res.users - names\\nx = a.sudo().name\\n\\n\\n\\ny = a.sudo()"
        >>> File(Path("a.py"), code).sudos_without_reason()
        [6]
        """
        written = self.text.splitlines()
        found = []
        for statement in ast.walk(self.tree):
            if not isinstance(statement, ast.stmt) or hasattr(statement, "body"):
                continue
            for node in ast.walk(statement):
                if _is_call_of(node, "sudo") and not node.args:
                    above = written[max(0, statement.lineno - 4) : node.end_lineno]
                    if not any("# sudo" in line for line in above):
                        found.append(node.lineno)
        return found

    def classes(self) -> Iterator[tuple[str, bool]]:
        """Yield the model of each class, and whether the class defines the model.

        >>> code = 'class A(models.Model):\\n    _name = "a.b"\\nclass B(models.Model):\\n    _inherit = "c"\\n'
        >>> list(File(Path("a.py"), code).classes())
        [('a.b', True), ('c', False)]
        """
        for node in self.tree.body:
            if isinstance(node, ast.ClassDef):
                names = _assigned(node)
                if own := names.get("_name"):
                    yield own[0], True
                elif inherited := names.get("_inherit"):
                    yield inherited[0], False

    def words(self) -> Iterator[str]:
        """Yield all texts in the code."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def _is_call_of(node: ast.AST, *names: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names


def _assigned(node: ast.ClassDef) -> dict[str, list[str]]:
    """Return the values of names in a class body that are a text or a list of texts."""
    found = {}
    for line in node.body:
        if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
            texts = [one.value for one in ast.walk(line.value) if isinstance(one, ast.Constant)]
            if texts and all(isinstance(text, str) for text in texts):
                found[line.targets[0].id] = texts
    return found


@dataclass(frozen=True)
class House:
    """All addons except those for tests: ``{addon: files}``."""

    files: dict[str, list[File]]

    @classmethod
    def read(cls) -> "House":
        return cls(
            {
                addon.name: [
                    File(path, path.read_text())
                    for path in sorted(addon.path.rglob("*.py"))
                    if not _BESIDE & set(path.relative_to(addon.path).parts)
                ]
                for addon in addons.ours()
                if not addon.is_test
            }
        )

    def all_files(self) -> Iterable[File]:
        return (file for files in self.files.values() for file in files)

    def sizes(self) -> list[tuple[str, ...]]:
        """Return a row per addon: lines, files, files of models, longest file, longest function, SQL, sudo."""
        rows = [("addon", "lines", "files", "models", "longest file", "longest function", "SQL", "sudo, no reason")]
        for name, files in self.files.items():
            functions = [length for file in files for _name, length, _parameters in file.functions()]
            rows.append(
                (
                    name,
                    f"{sum(file.lines for file in files):,}",
                    str(len(files)),
                    str(_count_models(files)),
                    str(max((file.lines for file in files), default=0)),
                    str(max(functions, default=0)),
                    str(sum(file.statements_by_hand() for file in files)),
                    str(sum(len(file.sudos_without_reason()) for file in files)),
                )
            )
        return rows

    def longest(self, count: int = 5) -> list[tuple[str, str]]:
        """Return the longest files with their lines."""
        files = sorted(self.all_files(), key=lambda file: -file.lines)[:count]
        return [(file.name, str(file.lines)) for file in files]

    def opened_again(self) -> list[tuple[str, str, str]]:
        """Return the models that an addon extends in several classes, except guards: addon, model, how often."""
        found = []
        for name, files in self.files.items():
            counted = defaultdict(int)
            for file in files:
                if GUARDS not in file.path.parts:
                    for model, _own in file.classes():
                        counted[model] += 1
            found += [(name, model, str(count)) for model, count in sorted(counted.items()) if count > 1]
        return found

    def named_by_base(self) -> list[tuple[str, str]]:
        """Return the models of other addons named in the base, each with its file; migrations are excepted."""
        others = {
            model
            for name, files in self.files.items()
            if name != BASE
            for file in files
            for model, own in file.classes()
            if own
        }
        mine = {model for file in self.files[BASE] for model, own in file.classes() if own}
        today = (file for file in self.files[BASE] if "migrations" not in file.path.parts)
        return [(file.name, word) for file in today for word in file.words() if word in others - mine]

    def troubles(self) -> list[str]:
        """Return sentences on all exceeded limits."""
        found = []
        base = self.files[BASE]
        if (lines := sum(file.lines for file in base)) > MOST_LINES_OF_BASE:
            found.append(f"{BASE} has {lines:,} lines, at most {MOST_LINES_OF_BASE:,} are allowed.")
        if (models := _count_models(base)) > MOST_MODELS_OF_BASE:
            found.append(f"{BASE} has {models} files of models, at most {MOST_MODELS_OF_BASE} are allowed.")
        for file in self.all_files():
            if file.lines > (most := LONGER_FILES.get(file.name, MOST_LINES_OF_FILE)):
                found.append(f"{file.name} has {file.lines} lines, at most {most} are allowed.")
            found += [
                f"{file.name}: {name} has {lines} lines and {parameters} parameters."
                for name, lines, parameters in file.functions()
                if lines > MOST_LINES_OF_FUNCTION or parameters > MOST_PARAMETERS
            ]
            found += [f"{file.name}:{line}: a sudo() without its reason" for line in file.sudos_without_reason()]
        found += [f"{addon} opens {model} in {count} classes." for addon, model, count in self.opened_again()]
        return [*found, *(f"{file} names {model}, which is another addon's." for file, model in self.named_by_base())]


def _count_models(files: list[File]) -> int:
    return sum(file.path.parent.name == "models" and file.path.stem != "__init__" for file in files)
