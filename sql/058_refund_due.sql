-- When the gateway is next to be asked about a refund (null: now), and how often it has refused to take it.
ALTER TABLE refund
  ADD COLUMN due_at DATETIME(3) NULL,
  ADD COLUMN refusals INT UNSIGNED NOT NULL DEFAULT 0,
  ADD KEY refund_due (status, due_at, id),
  ADD KEY refund_by_accepted_at (accepted_at),
  ADD KEY refund_of_number (out_trade_no, id);
