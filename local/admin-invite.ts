/**
 * `npm run admin:invite -- --username wang --mobile 13800138000 [--role owner] [--url https://…] [--stage prod]`: makes the
 * token of an invite on this machine, and prints the link for the invited and the event for ops. The token goes nowhere else.
 */
import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { hashInviteToken, invitationKeys } from '#shared/admin'
import { Joi } from '#shared/validate'

const { values } = parseArgs({
  options: {
    username: { type: 'string' },
    mobile: { type: 'string' },
    role: { type: 'string', default: 'owner' },
    url: { type: 'string', default: 'http://localhost:3000' },
    stage: { type: 'string', default: 'prod' },
  },
})

const { username, mobile, role, url, stage } = values
const token = randomBytes(32).toString('base64url')
const event = { username, mobile, role, hash: hashInviteToken(token) }
const { error } = Joi.object(invitationKeys).validate(event, { errors: { wrap: { label: false } } })
if (error) {
  console.error(`${error.message}\nUsage: npm run admin:invite -- --username wang --mobile 13800138000`)
  process.exit(2)
}
console.log(`For ${username}, by a way that only ${username} reads; it holds for 24 hours from the next command on, and once:

  ${url.replace(/\/+$/, '')}/admin/#/accept?token=${token}

For ops, who need not keep it secret (an owner signs with "owner" and "code" in the event, once there is one):

  npx serverless invoke --stage ${stage} -f adminInvite -d '${JSON.stringify(event)}'`)
