/** An object store for tests of the shop. */
import { type CosSim, type CosSimOptions, startCosSim } from '../../simulators/cos/index.ts'

/** The key that the tests use; throwaway values. */
export const TEST_COS_ACCOUNT = {
  secretId: 'AKIDkLx92mQbV0Pq7sWzTtestcos0001',
  secretKey: 'hW3nV9bC5xZ1mK7jQ4tR2yPtestcos01',
} as const

/** Starts a bucket that this key may write to. */
export function startTestCos(options: Partial<CosSimOptions> = {}): Promise<CosSim> {
  return startCosSim({ ...TEST_COS_ACCOUNT, ...options })
}

/** The environment of a shop whose pictures lie there. */
export function cosEnv({ url }: Pick<CosSim, 'url'>): Record<string, string> {
  const { secretId, secretKey } = TEST_COS_ACCOUNT
  return { COS_BUCKET_URL: url, COS_SECRET_ID: secretId, COS_SECRET_KEY: secretKey }
}
