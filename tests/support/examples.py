"""The examples under reports/examples, and what must not be in them."""

import re
from collections.abc import Iterable
from pathlib import Path


EXAMPLES = Path(__file__).parents[2] / "reports" / "examples"
LARGEST = 750_000  # bytes of one example, all files together


def personal(folder: Path, words: Iterable[str]) -> list[str]:
    """Files of a folder, each with the word it holds that tells of a machine; a short name counts as a whole word only."""
    forms = {word: re.compile(rf"\b{word}\b" if word.isalnum() else re.escape(word)) for word in words if word}
    texts = {path.relative_to(folder): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()}
    return [f"{name}: {word}" for name, text in texts.items() for word, form in forms.items() if form.search(text)]
