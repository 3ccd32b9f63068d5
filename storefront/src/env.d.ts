/** What the build fixes (see vite.config.ts); everything else is decided in the browser. */
interface ImportMetaEnv {
  /** Origin (and base path) of the shop's API; empty: the page's own origin. */
  readonly VITE_API_BASE?: string
}

/** True only in the build that `npm start` makes: code behind it is absent from a production build. */
declare const __LOCAL__: boolean

declare module '*.vue' {
  import type { DefineComponent } from 'vue'

  const component: DefineComponent
  export default component
}

declare module 'vant/es/*.css'
