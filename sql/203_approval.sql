-- What waits for a second person, beside after-sale cases, which know their two people themselves. `waiting_for` is the target
-- while nobody has decided, so that a key allows one wish each.
CREATE TABLE approval (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  action VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  target VARCHAR(80) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  state VARCHAR(16) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT 'WAITING',
  detail TEXT NOT NULL,
  asked_by INT NOT NULL,
  decided_by INT NULL,
  asked_at DATETIME(3) NOT NULL,
  decided_at DATETIME(3) NULL,
  waiting_for VARCHAR(121) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin GENERATED ALWAYS AS
    (IF(state = 'WAITING', CONCAT(action, ' ', target), NULL)) VIRTUAL,
  PRIMARY KEY (id),
  UNIQUE KEY approval_one_waiting (waiting_for),
  KEY approval_by_state (action, state, id),
  CONSTRAINT approval_four_eyes CHECK (decided_by <> asked_by)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
