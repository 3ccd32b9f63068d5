/** Tokens of the shop's people: HS256 with a key and an audience of their own, for a quarter of an hour. */
import jwt from 'jsonwebtoken'
import type { Config } from '#shared/config'
import { AppError } from '#shared/errors'
import { tokenKey } from './keys.ts'

const AUDIENCE = 'admin'

/** Seconds that a token lives. */
export const TOKEN_SEC = 15 * 60
/** Seconds after which a login is over, however often its token was renewed. */
export const LOGIN_SEC = 12 * 3600

export interface AdminClaims {
  readonly id: number
  /** `admin.token_version` at the login. */
  readonly version: number
  /** When the password and the code were given, in seconds. */
  readonly loginAt: number
}

/** Makes a token; one that is renewed ends with its login at the latest. */
export function signAdminToken(
  { id, version, loginAt }: AdminClaims,
  config: Config<'ADMIN_JWT_SECRET'>,
  now: Date,
): { token: string; expiresAt: Date } {
  const iat = Math.floor(now.getTime() / 1000)
  const exp = Math.min(iat + TOKEN_SEC, loginAt + LOGIN_SEC)
  const claims = { sub: String(id), aud: AUDIENCE, ver: version, login: loginAt, iat, exp }
  return {
    token: jwt.sign(claims, tokenKey(config), { algorithm: 'HS256' }),
    expiresAt: new Date(exp * 1000),
  }
}

/** Reads a token from an `Authorization: Bearer` header. @throws AppError UNAUTHORIZED, whatever is wrong */
export function readAdminToken(
  authorization: string | undefined,
  config: Config<'ADMIN_JWT_SECRET'>,
  now: Date,
): AdminClaims {
  const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization?.trim() ?? '')?.[1]
  if (!token) throw unauthorized('请先登录')
  const clockTimestamp = Math.floor(now.getTime() / 1000)
  try {
    const options = { algorithms: ['HS256' as const], audience: AUDIENCE, clockTimestamp }
    return claimsOf(jwt.verify(token, tokenKey(config), options))
  } catch (error) {
    throw unauthorized(
      error instanceof jwt.TokenExpiredError ? '登录已过期，请重新登录' : '登录已失效，请重新登录',
    )
  }
}

function claimsOf(claims: string | jwt.JwtPayload): AdminClaims {
  if (typeof claims === 'string') throw new TypeError('a token without claims')
  const { sub, exp, ver, login } = claims as Record<string, unknown>
  const isWhole = (value: unknown): value is number => Number.isSafeInteger(value)
  if (
    typeof sub !== 'string' ||
    !/^[1-9]\d{0,9}$/.test(sub) ||
    !isWhole(exp) ||
    !isWhole(ver) ||
    !isWhole(login)
  )
    throw new TypeError('a token that was not made here')
  return { id: Number(sub), version: ver, loginAt: login }
}

/** The refusal of a token. */
export function unauthorized(msg: string): AppError {
  return new AppError('UNAUTHORIZED', { msg, headers: { 'WWW-Authenticate': 'Bearer' } })
}
