"""Pictures of mails, on a phone and a desk, light and dark, of the files that `insurenz mail preview` wrote.

insurenz mail preview --all --out /tmp/mails
.venv/bin/python scripts/mail_pictures.py /tmp/mails /tmp/pictures [PART OF A NAME ...]
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

WIDTHS = (320, 600)


def main() -> None:
    """Take them all."""
    source, target, *parts = sys.argv[1:]
    Path(target).mkdir(parents=True, exist_ok=True)
    with sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=shutil.which("chromium"))
        for scheme in ("light", "dark"):
            for width in WIDTHS:
                view = {"width": width, "height": 400}
                page = browser.new_page(viewport=view, color_scheme=scheme)
                for path in sorted(Path(source).glob("*.html")):
                    if not parts or any(part in path.stem for part in parts):
                        page.goto(path.absolute().as_uri())
                        page.screenshot(path=f"{target}/{path.stem}.{width}.{scheme}.png", full_page=True)
        browser.close()


if __name__ == "__main__":
    main()
