-- Products of the time before named their brand in their name alone.
UPDATE product
JOIN brand ON product.name LIKE CONCAT(brand.brandName, ' %')
SET product.brand_id = brand.id, product.category_id = brand.categoryId
WHERE product.brand_id IS NULL;
