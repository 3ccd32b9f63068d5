/** Elements without a framework. Text is always text: nothing here reads HTML. */
type Child = Node | string | undefined | false | Child[]

type Options = Record<string, string | boolean | ((event: Event) => void) | undefined>

/** `el('a', { href: '#x', onclick: f }, 'text')`; `class`, attributes, and `on…` listeners. */
export function el<K extends keyof HTMLElementTagNameMap>(
  name: K,
  options: Options = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(options)) {
    if (typeof value === 'function') element.addEventListener(key.slice(2), value)
    else if (value === true) element.setAttribute(key, '')
    else if (value !== undefined && value !== false) element.setAttribute(key, value)
  }
  append(element, children)
  return element
}

function append(parent: Element, children: Child[]): void {
  for (const child of children) {
    if (Array.isArray(child)) append(parent, child)
    else if (child) parent.append(child)
  }
}

/** Text with `code` in backticks, as the document's descriptions are written. */
export function prose(text: string): (Node | string)[] {
  return text.split('`').map((part, at) => (at % 2 === 1 ? el('code', {}, part) : part))
}
