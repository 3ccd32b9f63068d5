/**
 * What runs inside an instance: loads `index.js` of the working folder once, then serves one event after the other.
 * Events, contexts and results cross the border as JSON text, as on the platform. Plain CommonJS without imports of
 * ours, so that nothing is in the process but Node.js and the function.
 */
const path = require('node:path')

// The function must not find the channel to the runner.
const send = process.send.bind(process)
const { channel } = process
delete process.send

// A killed runner takes its instances with it.
process.once('disconnect', () => process.exit(0))

let handler
try {
  // main_handler is looked up again for each event, as functions may replace it.
  const loaded = require(path.join(process.cwd(), 'index.js'))
  if (typeof loaded.main_handler !== 'function')
    throw new TypeError('index.js exports no function main_handler')
  handler = loaded
  send({ type: 'ready' })
} catch (error) {
  send({ type: 'failed', error: describe(error) })
}

process.on('message', ({ event, context }) => {
  run(JSON.parse(event), withCallbacks(JSON.parse(context)))
})

async function run(event, context) {
  const outcome = await settle(event, context)
  send({ type: 'answer', ...outcome })
  if (context.callbackWaitsForEmptyEventLoop === false) send({ type: 'idle' })
  else whenLoopIsEmpty(() => send({ type: 'idle' }))
}

/** The result as JSON text, or the error. */
async function settle(event, context) {
  try {
    const value = await call(event, context)
    // Nothing comes out as null, as in the platform's answer to a function that returns nothing.
    return { result: JSON.stringify(value) ?? 'null' }
  } catch (error) {
    return { error: describe(error) }
  }
}

/** Promise, callback (third parameter) and plain return value are all allowed. */
function call(event, context) {
  return new Promise((resolve, reject) => {
    const callback = (error, value) => (error ? reject(error) : resolve(value))
    const returned = handler.main_handler(event, context, callback)
    const isPromise = typeof returned?.then === 'function'
    if (isPromise || returned !== undefined || handler.main_handler.length < 3) resolve(returned)
  })
}

function withCallbacks(context) {
  return Object.assign(context, { callbackWaitsForEmptyEventLoop: true })
}

/** Without the channel's hold, Node.js says `beforeExit` when the function has left nothing open. */
function whenLoopIsEmpty(callback) {
  channel.unref()
  process.once('beforeExit', () => {
    channel.ref()
    callback()
  })
}

function describe(error) {
  const isError = error instanceof Error
  return { message: isError ? error.message : String(error), stack: isError ? error.stack : undefined }
}
