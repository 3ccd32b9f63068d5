/** `npm run bench [-- cold [rounds] | warm [seconds]]`: both when left out. */
import { coldStart } from './cold-start.ts'
import { warm } from './warm.ts'

const [which, figure] = process.argv.slice(2)
const number = figure === undefined ? undefined : Number(figure)

if (number !== undefined && !(number > 0)) {
  console.error(`${figure} must be a number above 0`)
  process.exit(2)
}
if (which === undefined || which === 'cold') console.log(`\n${await coldStart(number)}`)
if (which === undefined || which === 'warm') console.log(`\n${await warm(number)}`)
