/** Fields that are in each line, or that the beginning of a line shows already. */
const NOT_SHOWN = new Set(['level', 'time', 'pid', 'hostname', 'msg'])
/** A string that is clear without quotes. */
const PLAIN = /^[^\s"=,{}[\]]+$/

/** A log line for people, without its time and level: the message and the fields, as `request refused reqId=r-1 scope="a b"`, and below it the stack of an error. */
export function toReadableLine ({ msg, err, ...fields }: Readonly<Record<string, unknown>>): string {
  const shown = Object.entries(fields).filter(([name, value]) => !NOT_SHOWN.has(name) && value !== undefined)
  const line = [msg, ...shown.map(([name, value]) => `${name}=${describe(value)}`)].join(' ')
  return err === undefined ? line : `${line}${describeError(err)}`
}

function describe (value: unknown): string {
  return typeof value === 'string' && PLAIN.test(value) ? value : JSON.stringify(value)
}

/** An error as the logger serializes it. */
function describeError (error: unknown): string {
  if (typeof error !== 'object' || error === null) return ` error=${describe(error)}`
  const { type, message, stack, cause, ...facts } = error as Record<string, unknown>
  const described = Object.entries(facts).map(([name, value]) => ` ${name}=${describe(value)}`).join('')
  return `\n    ${String(type)}: ${String(message)}${described}${typeof stack === 'string' && stack !== '' ? `\n${stack}` : ''}${cause === undefined ? '' : describeError(cause)}`
}
