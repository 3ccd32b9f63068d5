/** Where the gateway's bill and the ledger disagree. Owns `bill_difference`; `bill` writes it, the back office reads it. */
export * from './bill-difference-table.ts'
export * from './day.ts'
