"""Seconds from the end of the bundle's download until the page's overview is on the screen. Needs Playwright."""

import json

from playwright.sync_api import sync_playwright
from report import options

from tests.ui.windows import launch, sign_in

SEEN = "of 20,000"
NOTE_PAINT = f"""
new MutationObserver((_, watching) => {{
  if (!document.querySelector("[data-page=audience-manager]")?.textContent.includes("{SEEN}")) return;
  watching.disconnect();
  requestAnimationFrame(() => requestAnimationFrame(() => {{ window.paintedAt = performance.now(); }}));
}}).observe(document, {{ childList: true, subtree: true, characterData: true }});
"""
BUNDLE_END = (
    """performance.getEntriesByType("resource").find((each) => each.name.includes("/aam/main.js")).responseEnd"""
)


def main(url):
    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page()
        sign_in(page, url, "olga")
        page.add_init_script(NOTE_PAINT)
        page.goto(f"{url}/plugin/audience_manager", wait_until="domcontentloaded")
        page.wait_for_function("window.paintedAt", timeout=60_000)
        seconds = page.evaluate(f"(window.paintedAt - {BUNDLE_END}) / 1000")
        browser.close()
    print(json.dumps({"seconds": seconds, "peak_mib": 0.0, "count": 1}))


main(options()["url"])
