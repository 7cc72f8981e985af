"""Pages as the tests read them."""

from html.parser import HTMLParser

HOSTILE = '<img src=http://a.b onerror="x">&"f_w {{ 7 * 7 }}'
VOID = {"meta", "br", "img", "path", "use", "link"}


class Parsed(HTMLParser):
    """Checks that tags close in order; keeps tags, attributes and text."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.attributes, self.text = [], [], [], ""
        self.feed(text)
        self.close()
        assert not self.open, f"left open: {self.open}"

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data

    def loads(self):
        """List what a browser would fetch."""
        places = ("src", "href", "xlink:href", "data", "action")
        return [
            to for name, to in self.attributes
            if name in places and not str(to).startswith(("#", "data:image/png;base64,"))
        ]  # fmt: skip
