/** A caller as the contract wants him: told 503, he asks again with the same key. */
import type { Reply } from './functions.ts'

/** On a machine with too much to do an answer may be 503; whoever asks again with the same key hears what became of it. */
export async function persistently(ask: () => Promise<Reply>, tries = 20): Promise<Reply> {
  for (let left = tries; ; left--) {
    const reply = await ask()
    if (reply.json.status !== 503 || left <= 1) return reply
  }
}
