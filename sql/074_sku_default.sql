-- Whatever was sold before goes on selling: one SKU per product that has none, uncounted until somebody counts it.
INSERT INTO sku (product_id, sku_code, price_fen, counts_stock)
SELECT product.id, CONCAT('P', product.id), GREATEST(product.price_fen, 1), 0
FROM product LEFT JOIN sku ON sku.product_id = product.id
WHERE sku.id IS NULL;
