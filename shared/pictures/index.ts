/**
 * Pictures that the shop's people upload: which are let in, and the object store where they lie. Owns `picture`.
 * Read first: kinds.ts, bucket.ts, admission.ts.
 */
export * from './admission.ts'
export * from './bucket.ts'
export { type CosRequest, presignUrl, signedAuthorization } from './cos-sign.ts'
export * from './kinds.ts'
export * from './picture-table.ts'
