-- The daily bill is compared with what was paid on its day.
ALTER TABLE payorder ADD KEY payorder_by_time_end (time_end);
