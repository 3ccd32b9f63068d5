/** Loaded before a web function's server: a runner that is killed takes it along. */

// The function must not find the channel to the runner.
delete process.send
process.once('disconnect', () => process.exit(0))
// A listener makes the channel hold the process, which has to end by itself after SIGTERM.
process.channel?.unref()
