"""How a person works a page: with a pointer, or with nothing but a keyboard."""

from playwright.sync_api import Locator, Page, Request

from tests.together import eventually

TABS = 150  # more stops than any page of work should need
FOCUS_SHOWS = """() => {
  const style = getComputedStyle(document.activeElement);
  return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
}"""


def changes_the_page(asked: Request) -> bool:
    """A page asked for, or a step sent: not the pictures and the news that come beside."""
    return asked.is_navigation_request() or asked.method == "POST"


class Hands:
    """Works a page by what a person reads on it: roles, names and labels.

    What the last press asked for is looked at before the next thing is done, as a person does: what it changed in the
    database can be seen before its answer has replaced the page, and then the next key would still fall on the old one.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self._asked: set[Request] = set()
        page.on("request", lambda asked: self._asked.add(asked) if changes_the_page(asked) else None)
        for end in ("requestfinished", "requestfailed"):
            page.on(end, lambda asked: self._asked.discard(asked))

    def answered(self) -> None:
        """Wait until every page and every step that was asked for has been answered and is shown."""
        eventually(self._nothing_asked, "the answer to the last press", every=0.01)
        self.page.wait_for_load_state()

    def _nothing_asked(self) -> bool:
        self.page.wait_for_timeout(1)  # lets the browser tell of its requests
        return not self._asked

    def open(self, path: str) -> None:
        self.answered()
        self.page.goto(path)

    def press(self, name: str, role: str = "button", within: str = "main", exact: bool = True) -> None:
        self._press(self.page.locator(within).get_by_role(role, name=name, exact=exact).first)

    def follow(self, name: str, within: str = "main", exact: bool = True) -> None:
        self.press(name, "link", within, exact)

    def write(self, label: str, text: str, within: str = "main", enter: bool = False) -> None:
        self._write(self._field(label, within), text, enter)

    def choose(self, label: str, option: str) -> None:
        self._choose(self._field(label, "main"), option)

    def _field(self, label: str, within: str) -> Locator:
        return self.page.locator(within).get_by_label(label).first

    def _press(self, thing: Locator) -> None:
        self.answered()
        thing.click()
        self.page.wait_for_load_state()

    def _write(self, field: Locator, text: str, enter: bool) -> None:
        self.answered()
        field.fill(text)
        if enter:
            field.press("Enter")
            self.page.wait_for_load_state()

    def _choose(self, field: Locator, option: str) -> None:
        self.answered()
        field.select_option(label=option)


class Keyboard(Hands):
    """The same, reaching everything with Tab and seeing where the focus is; past the rail by the link that skips it."""

    def reach(self, thing: Locator) -> None:
        self.answered()
        thing.wait_for()
        if self.page.evaluate("document.activeElement === document.body") and thing.evaluate(
            "e => !!e.closest('main')"
        ):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("document.activeElement.matches('a.skip')"):
                self.page.keyboard.press("Enter")
        for _ in range(TABS):
            if thing.evaluate("e => e === document.activeElement"):
                assert self.page.evaluate(FOCUS_SHOWS), f"the focus on {thing} cannot be seen"
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{thing} cannot be reached with Tab at {self.page.url}")

    def _press(self, thing: Locator) -> None:
        self.reach(thing)
        self.page.keyboard.press("Enter")
        self.page.wait_for_load_state()

    def _write(self, field: Locator, text: str, enter: bool) -> None:
        self.reach(field)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)
        if enter:
            self.page.keyboard.press("Enter")
            self.page.wait_for_load_state()

    def _choose(self, field: Locator, option: str) -> None:
        self.reach(field)
        self.page.keyboard.type(option)
