/** Documentation of how the shop's people upload pictures. */
import Joi from 'joi'
import { type RouteDocs, success, text, whole } from './route-docs.ts'

const path = '/p/202611/Xk2vQ8nL0sT4bR7yWc1dZg.jpg'

export const adminPictures: Record<string, RouteDocs> = {
  '/admin/pictureUpload': {
    tag: 'admin',
    operationId: 'askPictureUpload',
    summary: 'Allows one upload of a picture to the object store',
    description:
      'The file goes to `url` by PUT with exactly `headers`, before `expiresAt`. Type and number of bytes are signed, and what is there cannot be replaced. Then comes `/admin/pictureConfirm`.',
    example: { type: 'image/jpeg', bytes: 182044 },
    answers: [
      success({
        data: Joi.object({
          path: text('what `productSave` and `feedSave` take once it is confirmed'),
          url: text(),
          headers: Joi.object({ 'content-type': text(), 'x-cos-forbid-overwrite': text() }).required(),
          expiresAt: text('ISO 8601'),
        }).required(),
      }),
    ],
    exampleAnswer: {
      status: 200,
      data: {
        path,
        url: `https://pics-1250000000.cos.ap-guangzhou.myqcloud.com${path}?q-sign-algorithm=sha1&q-ak=…`,
        headers: { 'content-type': 'image/jpeg', 'x-cos-forbid-overwrite': 'true' },
        expiresAt: '2026-11-27T02:10:00.000Z',
      },
    },
  },
  '/admin/pictureConfirm': {
    tag: 'admin',
    operationId: 'confirmPicture',
    summary: 'Looks at what has arrived and lets it in; the same again answers the same',
    description:
      'JPEG, PNG and WebP up to 5 MB and 6000 pixels to a side, recognised by their bytes. 1060: nothing has arrived; 1010: it is something else.',
    refusals: [1054, 1060],
    upstream: true,
    example: { path },
    answers: [
      success({
        data: Joi.object({
          path: text(),
          url: text('where it can be seen'),
          bytes: whole(),
          width: whole('pixels'),
          height: whole(),
        }).required(),
      }),
    ],
    exampleAnswer: {
      status: 200,
      data: { path, url: path, bytes: 182044, width: 1200, height: 1200 },
    },
  },
}
