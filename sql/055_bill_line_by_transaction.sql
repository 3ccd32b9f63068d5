-- A refund is looked for in the bills of its day and of the days around it.
ALTER TABLE bill_line ADD KEY bill_line_of_transaction (transaction_id, kind);
