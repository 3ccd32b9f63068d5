-- When a payment was made, as a column of its own: the order holds only that of its first payment.
ALTER TABLE payment_event
  ADD COLUMN time_end VARCHAR(50) NULL,
  ADD KEY payment_event_by_verdict (verdict, last_at);
UPDATE payment_event SET time_end = LEFT(JSON_UNQUOTE(JSON_EXTRACT(fields, '$.time_end')), 50)
WHERE verdict = 'paid_twice' AND JSON_VALID(fields) AND JSON_EXTRACT(fields, '$.time_end') IS NOT NULL;
