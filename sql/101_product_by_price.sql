-- Each order with a price of its own is compared with the prices of products.
ALTER TABLE product ADD KEY product_by_price (price_fen);
