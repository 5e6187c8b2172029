"""What a buyer pays, may owe and must take at least. Answers only; prices are frozen on the line when an order is placed.

`lists` finds the agreed price, `credit` what a customer owes and since when, `purchase_orders` how far their own orders got.
"""
