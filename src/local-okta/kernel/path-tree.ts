/** A longer part of a path is not an id, and matches no parameter. */
export const MAX_PARAMETER_LENGTH = 300

/** What a path matches. */
interface PathMatch<Value> {
  readonly value: Value
  /** The values of the template's parameters, in order, percent-decoded. */
  readonly parameters: readonly string[]
}

interface Node<Value> {
  readonly children: Map<string, Node<Value>>
  parameter?: Node<Value>
  value?: Value
}

/**
 * Values by templates of paths, such as `/users/{id}`. If two templates match, a name goes before a parameter. The names of
 * parameters do not matter.
 */
export class PathTree<Value> {
  readonly #root: Node<Value> = { children: new Map() }

  /** The value of a template, or undefined. */
  get (template: string): Value | undefined {
    let node: Node<Value> | undefined = this.#root
    for (const part of template.split('/')) node = isParameter(part) ? node?.parameter : node?.children.get(part)
    return node?.value
  }

  /** Sets the value of a template. */
  set (template: string, value: Value): void {
    let node = this.#root
    for (const part of template.split('/')) node = isParameter(part) ? node.parameter ??= { children: new Map() } : childOf(node, part)
    node.value = value
  }

  /** What the path of a URL matches, of the values that are accepted. */
  find (url: string, accepts: (value: Value) => boolean = () => true): PathMatch<Value> | undefined {
    const parts = partsOf(url)
    return parts && findBelow(this.#root, parts, accepts)
  }
}

function isParameter (part: string): boolean {
  return part.startsWith('{')
}

function childOf<Value> ({ children }: Node<Value>, name: string): Node<Value> {
  const child = children.get(name) ?? { children: new Map() }
  children.set(name, child)
  return child
}

function findBelow<Value> (node: Node<Value>, [part, ...rest]: readonly string[], accepts: (value: Value) => boolean): PathMatch<Value> | undefined {
  if (part === undefined) return node.value !== undefined && accepts(node.value) ? { value: node.value, parameters: [] } : undefined
  const child = node.children.get(part)
  const named = child && findBelow(child, rest, accepts)
  if (named || !node.parameter || part.length > MAX_PARAMETER_LENGTH) return named
  const found = findBelow(node.parameter, rest, accepts)
  return found && { value: found.value, parameters: [part, ...found.parameters] }
}

// of a URL with or without its origin; a slash that is percent-encoded belongs to its part; undefined for a wrong encoding
function partsOf (url: string): string[] | undefined {
  const [, path = ''] = /^(?:https?:\/\/[^/?#]*)?([^?#]*)/i.exec(url) ?? []
  try {
    return path.split('/').map(decodeURIComponent)
  } catch {
    return undefined
  }
}
