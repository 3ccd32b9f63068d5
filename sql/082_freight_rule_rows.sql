-- What a parcel costs until the shopkeeper says otherwise.
INSERT IGNORE INTO freight_rule (province, deliverable, first_fen, next_fen, free_from_fen) VALUES
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
