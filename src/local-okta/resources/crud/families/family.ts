import type { Collection, FixedAnswer, Singleton } from '../definitions.js'

/** Collections, settings and answers that belong together. */
export interface Family {
  readonly collections?: readonly Collection[]
  readonly singletons?: readonly Singleton[]
  readonly fixed?: readonly FixedAnswer[]
}
