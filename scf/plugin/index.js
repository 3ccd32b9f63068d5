/**
 * What `plugins: [./scf/plugin]` loads: JavaScript, because the framework loads it, and without a top-level await,
 * because newer Node versions load it with require().
 */
import { require as requireTypeScript } from 'tsx/cjs/api'
import { register } from 'tsx/esm/api'

// For the parts that commands import when they run.
register()

const { TencentPlugin } = requireTypeScript('./plugin.ts', import.meta.url)

export default TencentPlugin
