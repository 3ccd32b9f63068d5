-- What a product page, its filters and the search need. `zone` names the feed that shows it (`/sports`); `price_fen` is
-- the lowest price of its SKUs, written in their transactions; `indexed_text` is what the search index was made of.
ALTER TABLE product
  ADD COLUMN brand_id INT NULL,
  ADD COLUMN category_id INT NULL,
  ADD COLUMN gender VARCHAR(8) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT 'unisex',
  ADD COLUMN zone VARCHAR(16) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL DEFAULT 'sports',
  ADD COLUMN subtitle VARCHAR(100) NULL,
  ADD COLUMN material VARCHAR(100) NULL,
  ADD COLUMN detail TEXT NULL,
  ADD COLUMN indexed_text VARCHAR(255) NULL,
  ADD COLUMN created_at DATETIME(3) NULL,
  ADD COLUMN updated_at DATETIME(3) NULL,
  ADD KEY product_of_zone (on_sale, zone, id),
  ADD KEY product_newest (on_sale, id),
  ADD KEY product_of_all_by_price (on_sale, price_fen, id),
  ADD KEY product_of_category (on_sale, category_id, id),
  ADD KEY product_of_category_by_price (on_sale, category_id, price_fen, id),
  ADD KEY product_of_brand (on_sale, brand_id, id),
  ADD KEY product_of_brand_by_price (on_sale, brand_id, price_fen, id);
