/** Made by the bundler (scf/build.ts) from `sql/`: the function carries its migrations in its own bundle. */
declare module 'letao:sql' {
  export const migrations: readonly { name: string; sql: string }[]
  export const seeds: readonly { name: string; sql: string }[]
}
