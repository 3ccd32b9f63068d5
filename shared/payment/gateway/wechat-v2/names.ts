/** The name of this gateway in `payorder.gateway`. */
export const GATEWAY = 'wechat-v2'
