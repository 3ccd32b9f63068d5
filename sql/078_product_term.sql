-- The search index: (term, product). Terms are made by our own code, so that it is the same on every server.
CREATE TABLE product_term (
  term VARCHAR(24) NOT NULL,
  product_id INT NOT NULL,
  PRIMARY KEY (term, product_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
