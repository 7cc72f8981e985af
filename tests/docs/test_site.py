"""The documentation builds from what is kept, stands alone, and has a page for every claim."""

import html.parser
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from w2sjax import REGISTRY

pytest.importorskip("sphinx", reason="the extra `docs` is not installed")

from docs.places import ROOT  # noqa: E402

pytestmark = pytest.mark.slow  # a minute; `.ci/run` runs them beside the check of types

LOADS = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src"}


class Page(html.parser.HTMLParser):
    """What a page loads, where it leads, and the places on it."""

    def __init__(self, path):
        super().__init__()
        self.loads, self.leads, self.places = [], [], {""}
        self.feed(path.read_text())

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.places |= {given.get("id"), given.get("name")}
        canonical = tag == "link" and given.get("rel") in ("canonical", "next", "prev", "search")
        if tag in LOADS and given.get(LOADS[tag]) and not canonical:
            self.loads.append(given[LOADS[tag]])
        if tag == "a" and given.get("href"):
            self.leads.append(given["href"])


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Build it as a person does; the command turns warnings into errors."""
    out = tmp_path_factory.mktemp("html")
    command = [sys.executable, "-m", "docs", "--out", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-5000:]
    assert f"open {out / 'index.html'}" in done.stdout.replace("\n", "")
    pages = {path.relative_to(out): Page(path) for path in out.rglob("*.html")}
    return {path: page for path, page in pages.items() if path.parts[0] != "_static"}, out


def test_every_claim_has_a_page(site):
    pages, out = site
    for claim in REGISTRY:
        text = (out / "theorems" / f"{claim.name}.html").read_text()
        assert claim.name in text
        assert all(f"Without {drop}" in text for drop in claim.droppable)
    assert Path("theorems/by_assumption.html") in pages


def test_nothing_comes_from_elsewhere(site):
    pages, out = site
    outside = {load for page in pages.values() for load in page.loads if urlsplit(load).netloc}
    assert not outside
    for style in out.rglob("*.css"):
        assert not re.search(
            r"url\([\"']?(https?:)?//|@import [\"']?(https?:)?//", style.read_text()
        )


def test_links_lead_somewhere(site):
    pages, out = site
    broken = []
    for path, page in pages.items():
        for link in (*page.leads, *page.loads):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (out / path).parent / unquote(parts.path) if parts.path else out / path
            found = pages.get(Path(target.resolve().relative_to(out.resolve())))
            if not target.exists() or (found and unquote(parts.fragment) not in found.places):
                broken.append(f"{path}: {link}")
    assert not broken
