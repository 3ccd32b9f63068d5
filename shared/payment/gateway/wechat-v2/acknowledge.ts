/** What WeChat reads after a notify: byte for byte, with nothing between the elements. */
import type { AppError } from '#shared/errors'
import { type Answer, answer } from '#shared/http'
import { writeXml } from './xml.ts'

const contentType = 'text/xml; charset=utf-8'

/** "Recorded, do not send it again." */
export function acknowledged(): Answer {
  return answer(200, writeXml({ return_code: 'SUCCESS', return_msg: 'OK' }), { 'Content-Type': contentType })
}

/** "Not recorded, send it again", with the reason. Faults of the request itself keep their HTTP status. */
export function refused(error: AppError): { contentType: string; body: string } | undefined {
  if (error.code === 'UNSUPPORTED_MEDIA_TYPE') return undefined
  return { contentType, body: writeXml({ return_code: 'FAIL', return_msg: error.msg }) }
}
