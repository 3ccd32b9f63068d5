/** How a command is declared: what its folder exports, and the options that several commands share. */
import type { Framework } from './framework.ts'

export interface CommandOption {
  readonly usage: string
  readonly type: 'string' | 'boolean'
  readonly shortcut?: string
  readonly required?: boolean
}

/** One command as the framework wants it declared. Commands that the framework knows need their new options only. */
export interface CommandDeclaration {
  readonly usage?: string
  readonly lifecycleEvents?: readonly string[]
  readonly options?: Readonly<Record<string, CommandOption>>
  readonly commands?: Readonly<Record<string, CommandDeclaration>>
}

/**
 * What each command's folder exports. The hooks import what they need when they run: a command that is not called
 * costs no start-up time, and everything behind the hooks is loaded as ES modules.
 */
export interface Command {
  readonly commands?: Readonly<Record<string, CommandDeclaration>>
  readonly hooks: Readonly<Record<string, (framework: Framework) => Promise<void>>>
}

export const regionOption: CommandOption = {
  usage: 'Region, instead of provider.region',
  shortcut: 'r',
  type: 'string',
}
export const functionOption: CommandOption = { usage: 'Name of the function', shortcut: 'f', type: 'string' }
