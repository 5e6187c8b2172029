"""Rows of a small order file in our own layout."""

HEADER = "order_id,placed_at,currency,sku,name,quantity,unit_price,customer_name,email,ship_city,paid"


def row(key="A-1", *, qty=2, price="4.50", name="Ana", city="Pune", paid=""):
    return f"{key},2026-03-01 10:00,EUR,MUG,Blue mug,{qty},{price},{name},{key.lower()}@example.test,{city},{paid}"
