"""The words that names and rules are made of. Some hold markup characters or letters outside ASCII, as real ones do."""

from __future__ import annotations

CHANNELS = ("Web", "App", "CRM", "E-mail", "Display", "Paid search", "Shop", "Call centre")
PAGES = (
    "Home",
    "Pricing",
    "Checkout",
    "Basket",
    "Product detail",
    "Search",
    "Blog",
    "Support",
    "Account",
    "Store finder",
)
PRODUCTS = (
    "Trail shoes",
    "Rain jackets",
    "Tents & tarps",
    "Café sets",
    "Kids' bikes",
    "Skis < 170 cm",
    "東京 backpack",
    "Gift cards",
)
AUDIENCES = ("Visitors", "Cart abandoners", "Loyal buyers", "Newcomers", "High spenders", "Lapsed customers", "Fans")
SIGNALS = ("c_page", "c_category", "c_campaign", "pageName", "d_site", "c_contextdata.section")
CODES = ("home", "pricing", "checkout", "basket", "product", "search", "blog", "support")
