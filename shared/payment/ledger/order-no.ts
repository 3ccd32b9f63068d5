/** An order number as WeChat allows it (and the Koa shop wrote it). */
export const orderNoPattern = /^[0-9A-Za-z_\-|*]{6,32}$/
