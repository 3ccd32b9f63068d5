/** The tables of paths and of functions without a path. */
import type { RouteFacts } from '../routes/document.ts'
import { routeDocs } from '../routes/document.ts'
import { functionTexts } from './function-texts.ts'
import { code, type Language, table } from './markdown.ts'

const words = {
  en: {
    paths: ['function', 'method and path', 'also at', 'who may call'],
    functions: ['function', 'who starts it', 'what it does'],
    comma: ', ',
    anyone: 'anyone',
    login: 'JWT',
    admin: 'shopkeeper',
  },
  zh: {
    paths: ['函数', '方法和路径', '别名', '谁可以调用'],
    functions: ['函数', '由谁启动', '做什么'],
    comma: '、',
    anyone: '任何人',
    login: '持有 JWT',
    admin: '店员',
  },
} as const

/** One row per route, in the order of serverless.yml. */
export function pathsTable(routes: readonly RouteFacts[], language: Language): string {
  const { paths, comma, anyone, login, admin } = words[language]
  const rows = routes.map((route, at) => {
    const query = requiredQuery(route)
    return [
      routes[at - 1]?.functionName === route.functionName ? '' : code(route.functionName),
      `${route.method.toUpperCase()} ${code(route.path + query)}`,
      route.aliases.map((alias) => code(alias + query)).join(comma),
      routeDocs[route.path]?.caller?.[language] ??
        (route.permission ? `${admin}: ${code(route.permission)}` : route.login ? login : anyone),
    ]
  })
  return table(paths, rows)
}

/** `?id=` of a GET that cannot do without. */
function requiredQuery({ query }: RouteFacts): string {
  const { keys = {} } = (query?.describe() ?? {}) as {
    keys?: Record<string, { flags?: { presence?: string } }>
  }
  const names = Object.keys(keys).filter((name) => keys[name]?.flags?.presence === 'required')
  return names.length === 0 ? '' : `?${names.map((name) => `${name}=`).join('&')}`
}

/** One row per function without a path. @throws Error for a function that nobody has described */
export function functionsTable(names: readonly string[], language: Language): string {
  const orphan = Object.keys(functionTexts).find((name) => !names.includes(name))
  if (orphan) throw new Error(`api/tables/function-texts.ts describes ${orphan}, which serverless.yml lacks`)
  const rows = names.map((name) => {
    const text = functionTexts[name]
    if (!text) throw new Error(`api/tables/function-texts.ts has no text for ${name}`)
    return [code(name), ...text[language]]
  })
  return table(words[language].functions, rows)
}
