/** Texts about time, as a shopper reads them. */

/** Seconds to `29:05` or `1:59:05`. */
export function clockText(seconds: number): string {
  const two = (n: number) => String(n).padStart(2, '0')
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor(seconds / 60) % 60
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${two(minutes)}:${two(seconds % 60)}`
}

/** How long to wait, as of now: `45 秒后`, from a minute on `在 20:46 后`, beyond midnight `在 11-23 08:10 后`. */
export function waitText(seconds: number, now = new Date()): string {
  if (seconds < 60) return ` ${Math.ceil(seconds)} 秒后`
  // Rounded up to the minute that is surely late enough.
  const at = new Date(now.getTime() + seconds * 1000 + 59_999)
  const isToday = momentText(at).slice(0, 5) === momentText(now).slice(0, 5)
  return `在 ${isToday ? momentText(at).slice(-5) : momentText(at)} 后`
}

/** A moment as `11-22 14:05`, in the shopper's own time zone. */
export function momentText(at: Date): string {
  const two = (n: number) => String(n).padStart(2, '0')
  return `${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`
}
