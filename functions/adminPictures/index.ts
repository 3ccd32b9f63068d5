import { mayDo } from '#shared/admin'
import { endpoint, route } from '#shared/http'
import { askUpload, confirmUpload } from './pictures.ts'
import { confirmBody, uploadBody } from './schema.ts'

const policy = {
  method: 'POST',
  needs: ['ADMIN_JWT_SECRET', 'COS_BUCKET_URL', 'COS_SECRET_ID', 'COS_SECRET_KEY'],
  auth: mayDo('pictures.write'),
  budgetMs: 10_000,
} as const

/** Uploads of pictures, for the shop's people. Errors: 1010, 1054, 1060, 401, 403, 502, 503. */
export const main_handler = endpoint(
  route({ ...policy, paths: ['/admin/pictureUpload'], schema: uploadBody }, async (call) => ({
    data: await askUpload(call.body, call),
  })),
  route({ ...policy, paths: ['/admin/pictureConfirm'], schema: confirmBody }, async (call) => ({
    data: await confirmUpload(call.body, call),
  })),
)
