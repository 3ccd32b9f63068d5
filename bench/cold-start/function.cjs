/** A fresh instance: loads the bundle named first, invokes it once with the event named second, and says so. */
const begun = process.hrtime.bigint()
const { main_handler } = require(process.argv[2])
const loaded = process.hrtime.bigint()
main_handler(JSON.parse(process.argv[3]), { request_id: 'bench', time_limit_in_ms: 10_000 }).then(
  (answer) => {
    const isFine = /"status":200|\[SUCCESS\]/.test(answer.body)
    const ms = (from, to) => Number(to - from) / 1e6
    const figures = {
      status: isFine ? 200 : answer.body.slice(0, 200),
      loadMs: ms(begun, loaded),
      callMs: ms(loaded, process.hrtime.bigint()),
      rssMb: process.memoryUsage.rss() / 2 ** 20,
    }
    // One write: what comes first on the pipe is the answer's time.
    process.stdout.write(`${JSON.stringify(figures)}\n`, () => process.exit())
  },
)
