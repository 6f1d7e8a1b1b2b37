"""axe-core in a real Chromium: what it finds wrong with a page, at a width and in a colour scheme."""

import html
import json
import re
import shutil
import subprocess
import tarfile
from pathlib import Path

from hopsdrill.adapters import chromium


VERSION = "4.14.1"
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>\n')
DARK = {True: 0, False: 1}  # Chromium's numbers of the preferred colour scheme
NARROWEST = 500  # pixels of a window that Chromium makes; below it, the page stands in a frame
RUNNER = """
<script>%s</script>
<script>
for (const each of document.querySelectorAll("details")) each.open = true;
axe.run(document, {resultTypes: ["violations"]}).then(found => {
  const told = top.document.createElement("pre");
  told.id = "axe-found";
  told.textContent = JSON.stringify({
    width: innerWidth,
    wide: document.documentElement.scrollWidth,
    dark: matchMedia("(prefers-color-scheme: dark)").matches,
    passed: found.passes.map(each => each.id),
    violations: found.violations.flatMap(each => each.nodes.map(node => `${each.id} (${each.impact}): ${node.html.slice(0, 200)}`)),
  });
  top.document.body.appendChild(told);
});
</script>
"""


def fetch(folder: Path) -> str:
    """The text of axe.min.js, from npm's registry through its ordinary client, which checks its digest."""
    npm = shutil.which("npm")
    assert npm, "npm is not on the PATH; it fetches axe-core for this test"
    wanted = ["pack", f"axe-core@{VERSION}", "--silent", "--pack-destination", str(folder)]
    subprocess.run([npm, *wanted], check=True, timeout=300, stdin=subprocess.DEVNULL)
    with tarfile.open(folder / f"axe-core-{VERSION}.tgz") as archive:
        return archive.extractfile("package/axe.min.js").read().decode()


def look(page: Path, axe: str, scratch: Path, *, width: int, dark: bool) -> dict:
    """What axe finds when everything that can be folded is open.

    It looks at a copy, which differs from the page by the policy against scripts and by axe itself.
    """
    text, policies = POLICY.subn("", page.read_text())
    assert policies == 1
    text = text.replace("</body>", RUNNER % axe + "</body>")
    copy = scratch / "copy.html"
    copy.write_text(text if width >= NARROWEST else _framed(text, width))
    said = chromium.visit(
        copy,
        f"--window-size={max(width, NARROWEST)},900",
        f"--blink-settings=preferredColorScheme={DARK[dark]}",
        "--hide-scrollbars",
        "--virtual-time-budget=60000",
        "--dump-dom",
    )
    found = re.search(r'<pre id="axe-found">(.*?)</pre>', said.stdout, re.DOTALL)
    assert found, f"axe did not come to its end; the browser said: {said.stderr}"
    return json.loads(html.unescape(found[1]))


def _framed(text: str, width: int) -> str:
    head = "<!doctype html><html lang=en><title>frame</title><body>"
    return f'{head}<iframe title="page" style="width:{width}px;height:900px;border:0" srcdoc="{html.escape(text)}"></iframe></body></html>'
