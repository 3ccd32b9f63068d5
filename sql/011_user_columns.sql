-- `username_repeat` and `mobile_repeat` are 0 for every new row. The Koa shop never checked for repetitions: its
-- later rows of one username or mobile keep their own id there, so that a unique key can stand beside them.
ALTER TABLE user
  CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci,
  ADD COLUMN username_repeat INT NOT NULL DEFAULT 0,
  ADD COLUMN mobile_repeat INT NOT NULL DEFAULT 0,
  ADD COLUMN created_at DATETIME(3) NULL;
