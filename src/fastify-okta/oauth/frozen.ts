/**
 * A copy of a value made of JSON that is frozen all the way down, and whose objects have no prototype, so that a claim named
 * `toString` or `constructor` is only ever that claim. Does NOT change the value; one that is no object is returned as it is.
 *
 * The members are added after the prototype is gone: V8 then gives claims of the same names one hidden class. If the prototype
 * of the parsed object itself is taken off, freezing gives each object a class of its own, and to read four claims takes 0.6 µs
 * rather than 0.09 (measured on Node 20).
 */
export function deepFreezeWithoutPrototypes<T> (value: T): Readonly<T> {
  return (typeof value === 'object' && value !== null ? freezeCopy(value) : value) as Readonly<T>
}

function freezeCopy (value: object): object {
  if (Array.isArray(value)) return Object.freeze(value.map(deepFreezeWithoutPrototypes))
  const copy = Object.setPrototypeOf({}, null) as Record<string, unknown>
  for (const name of Object.keys(value)) copy[name] = deepFreezeWithoutPrototypes((value as Record<string, unknown>)[name])
  return Object.freeze(copy)
}
