/** The tables of environment variables. */
import { type VariableName, variables } from '#shared/config'
import { code, type Language, table } from './markdown.ts'
import { localVariableTexts, variableTexts } from './variable-texts.ts'

const words = {
  en: { head: ['name', 'default', 'meaning'], none: 'none' },
  zh: { head: ['名称', '默认值', '含义'], none: '无' },
} as const

/** Every variable of the shop, in the order of `variables`. */
export function variablesTable(language: Language): string {
  const { head, none } = words[language]
  const rows = (Object.keys(variables) as VariableName[]).map((name) => {
    const shown = shownDefault(name)
    return [code(name), shown === '' ? none : code(shown), variableTexts[name][language]]
  })
  return table(head, rows)
}

/** The default as one would set it. @throws Error when the text given for it means another value */
export function shownDefault(name: VariableName): string {
  const { fallback, parse } = variables[name]
  if (fallback === undefined) return ''
  const shown = variableTexts[name].shown ?? fallback.toString()
  if (shown !== '' && String(parse(shown)) !== String(fallback))
    throw new Error(`the default of ${name} is ${fallback}, not ${shown}`)
  return shown
}

/** The variables that only this machine reads. */
export function localVariablesTable(language: Language): string {
  const { head, none } = words[language]
  const rows = Object.entries(localVariableTexts).map(([name, text]) => [
    code(name),
    text.shown ?? none,
    text[language],
  ])
  return table(head, rows)
}
