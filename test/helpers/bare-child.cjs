/**
 * Run in a bare process with an empty environment: loads the bundle named by the first argument, invokes it once with
 * the event in the second, and prints what it did as JSON. Every file or connection that the bundle opens is noted.
 */
const childProcess = require('node:child_process')
const dns = require('node:dns')
const fs = require('node:fs')
const Module = require('node:module')
const net = require('node:net')

const [file, event] = process.argv.slice(2)
const source = fs.readFileSync(file, 'utf8')

const touched = []
const watch = (target, label, isWatched) => {
  for (const name of Object.keys(target)) {
    const original = target[name]
    if (typeof original !== 'function' || !isWatched(name)) continue
    target[name] = function watched(...args) {
      touched.push(`${label}.${name} ${String(args[0]).slice(0, 100)}`)
      return Reflect.apply(original, this, args)
    }
  }
}
const opensFiles = (name) =>
  /^(open|read|stat|lstat|access|exists|create|write|append|mk|rm|unlink|watch|copy|cp|rename)/.test(name)
watch(fs, 'fs', opensFiles)
watch(fs.promises, 'fs.promises', opensFiles)
watch(net, 'net', (name) => /^(connect|create)/.test(name))
watch(net.Socket.prototype, 'socket', (name) => name === 'connect')
watch(dns, 'dns', (name) => /^(lookup|resolve)/.test(name))
watch(childProcess, 'child_process', (name) => /^(spawn|exec|fork)/.test(name))

// Without paths to search, nothing but Node's own modules can be required.
const bundle = new Module(file)
bundle.filename = file
bundle.paths = []
bundle._compile(source, file)

const whenLoaded = {
  exported: Object.keys(bundle.exports),
  type: typeof bundle.exports.main_handler,
  touched: [...touched],
  alive: process.getActiveResourcesInfo(),
}

const context = { request_id: 'a', function_name: 'bare', time_limit_in_ms: 3000 }
const print = (first) => {
  const { callbackWaitsForEmptyEventLoop } = context
  const report = { whenLoaded, first, touched, callbackWaitsForEmptyEventLoop }
  process.stdout.write(`\n${JSON.stringify(report)}`)
}
bundle.exports.main_handler(JSON.parse(event), context).then(
  (answer) => print({ answer }),
  (error) => print({ error: error.message }),
)
