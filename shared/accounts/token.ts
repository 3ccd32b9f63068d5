/** The JWT authorizer: HS256 tokens, made by `login`, checked in front of each protected handler. */
import jwt from 'jsonwebtoken'
import type { Config } from '#shared/config'
import { AppError } from '#shared/errors'

export interface User {
  readonly id: number
  readonly username: string
}

/** Makes a token: `sub` is the user's id; no password, no mobile. */
export function signToken(user: User, config: Config<'JWT_SECRET'>, now: Date): string {
  const iat = Math.floor(now.getTime() / 1000)
  const claims = { sub: String(user.id), username: user.username, iat, exp: iat + config.JWT_EXPIRES_IN }
  return jwt.sign(claims, config.JWT_SECRET, { algorithm: 'HS256' })
}

/**
 * Reads the user from an `Authorization: Bearer` header.
 *
 * @throws AppError UNAUTHORIZED, whatever is wrong: the caller learns no more than that
 */
export function readUser(authorization: string | undefined, config: Config<'JWT_SECRET'>, now: Date): User {
  const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization?.trim() ?? '')?.[1]
  if (!token) throw unauthorized('请先登录')
  const clockTimestamp = Math.floor(now.getTime() / 1000)
  for (const secret of [config.JWT_SECRET, ...config.JWT_PREVIOUS_SECRETS]) {
    try {
      const claims = jwt.verify(token, secret, { algorithms: ['HS256'], clockTimestamp })
      return userOf(claims)
    } catch (error) {
      if (error instanceof jwt.TokenExpiredError) throw unauthorized('登录已过期，请重新登录')
      // Another secret may fit.
    }
  }
  throw unauthorized('登录已失效，请重新登录')
}

function userOf(claims: string | jwt.JwtPayload): User {
  if (typeof claims === 'string') throw new TypeError('a token without claims')
  // Those of the shop's people have an audience, and open nothing here.
  if (claims.aud !== undefined) throw new TypeError('a token for others')
  // jsonwebtoken takes a token without `exp` for one that never expires.
  if (typeof claims.exp !== 'number') throw new TypeError('a token without exp')
  // `Number` alone would take "1e3", " 7" and [7] for users.
  const sub: unknown = claims.sub
  const id = typeof sub === 'string' && /^\d+$/.test(sub) ? Number(sub) : sub
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 1)
    throw new TypeError('a token without a user')
  return { id, username: typeof claims.username === 'string' ? claims.username : '' }
}

function unauthorized(msg: string): AppError {
  return new AppError('UNAUTHORIZED', { msg, headers: { 'WWW-Authenticate': 'Bearer' } })
}
