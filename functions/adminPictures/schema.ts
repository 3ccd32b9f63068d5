import { MAX_PICTURE_BYTES, type PictureType, pictureTypes } from '#shared/pictures'
import { Joi, parameters, wholeNumber } from '#shared/validate'

export interface UploadBody {
  type: PictureType
  bytes: number
}

export const uploadBody = parameters<UploadBody>({
  type: Joi.string()
    .valid(...pictureTypes)
    .required()
    .label('图片格式type'),
  bytes: wholeNumber(1, MAX_PICTURE_BYTES).required().label('图片大小bytes'),
})

export interface ConfirmBody {
  path: string
}

export const confirmBody = parameters<ConfirmBody>({
  path: Joi.string()
    .pattern(/^\/p\/\d{6}\/[\w-]{22}\.(?:jpg|png|webp)$/)
    .required()
    .label('图片路径path'),
})
