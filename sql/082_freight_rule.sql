-- What a parcel costs, by the first two digits of the region. A province without a row has the rule of '00'.
CREATE TABLE freight_rule (
  province CHAR(2) NOT NULL,
  deliverable TINYINT NOT NULL DEFAULT 1,
  first_fen INT UNSIGNED NOT NULL,
  next_fen INT UNSIGNED NOT NULL,
  free_from_fen INT UNSIGNED NULL,
  PRIMARY KEY (province)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
INSERT INTO freight_rule (province, deliverable, first_fen, next_fen, free_from_fen) VALUES
  ('00', 1, 1000, 200, 19900),
  ('15', 1, 1500, 800, 39900),
  ('54', 1, 2500, 1500, NULL),
  ('62', 1, 1500, 800, 39900),
  ('63', 1, 1500, 800, 39900),
  ('64', 1, 1500, 800, 39900),
  ('65', 1, 2500, 1500, NULL),
  ('71', 0, 0, 0, NULL),
  ('81', 0, 0, 0, NULL),
  ('82', 0, 0, 0, NULL);
