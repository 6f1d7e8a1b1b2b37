"""The stand-in chart with a restore that does nothing."""

import shutil
from pathlib import Path

from hopsdrill.core.paths import data_dir


def no_op_chart(folder: Path) -> Path:
    """The stand-in chart with a restore that does nothing: every program of the restore is `true`, every Job is Complete."""
    chart = folder / "no-op-chart"
    shutil.copytree(data_dir("charts") / "hopsworks-standin", chart)
    path = chart / "charts" / "rondb" / "templates" / "_containers.tpl"
    before = 'command: {{ .command | default (prepend (.args | default list) "standin") | toJson }}'
    idle = 'command: {{ if and .args (include "rondb.inPlace" .root) }}["true"]{{ else }}{{ .command | default (prepend (.args | default list) "standin") | toJson }}{{ end }}'
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, idle))
    return chart
