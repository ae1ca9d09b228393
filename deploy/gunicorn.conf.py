"""How gunicorn serves the pages: two processes for two cores, threads because a page mostly waits for the disk."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import settings  # noqa: E402

bind = settings.current().web_bind
workers = 2
threads = 4
timeout = 60
control_socket_disable = True
accesslog = None
