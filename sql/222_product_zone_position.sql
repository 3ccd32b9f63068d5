-- Where a product stands in its zone of the home page.
ALTER TABLE product ADD COLUMN zone_position INT NOT NULL DEFAULT 0;
