/** A `?` for each value, for `IN (…)` and `VALUES (…)`. An empty list is the caller's case: `IN ()` is no SQL. */
export const marks = (values: readonly unknown[]): string => values.map(() => '?').join(', ')
