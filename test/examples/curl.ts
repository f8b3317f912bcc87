/** A request as `fetch` takes it. */
export interface CurlRequest {
  readonly url: string
  readonly method: string
  readonly headers: Headers
  readonly body?: string
}

/** The words of a shell's line: plain, or in quotes. */
const WORDS = /"([^"]*)"|'([^']*)'|(\S+)/g

/**
 * Reads a line of curl's, of which it knows `-X`, `-H`, `-d` (which makes a POST), and the flags that change nothing here.
 * So the lines run without curl.
 *
 * @throws {TypeError} for an option that it does not know
 */
export function readCurl (line: string): CurlRequest {
  const [program, ...words] = [...line.replaceAll('\\\n', ' ').matchAll(WORDS)].map(([, double, single, plain]) => double ?? single ?? plain ?? '')
  if (program !== 'curl') throw new TypeError('not a line of curl\'s')
  const headers = new Headers()
  const data: string[] = []
  let [url, method] = ['', '']
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (['-i', '-s', '-sS', '-si'].includes(word)) continue
    if (word === '-X') method = words.shift() ?? ''
    else if (word === '-H') {
      const [name = '', value = ''] = (words.shift() ?? '').split(/:\s*(.*)/s)
      headers.set(name, value)
    } else if (word === '-d' || word === '--data-urlencode') data.push(words.shift() ?? '')
    else if (word.startsWith('-')) throw new TypeError(`what ${word} means to curl is not known here`)
    else url = word
  }
  const body = data.join('&')
  if (body !== '' && !headers.has('content-type')) headers.set('content-type', 'application/x-www-form-urlencoded')
  return { url, method: method === '' ? (body === '' ? 'GET' : 'POST') : method, headers, ...(body === '' ? {} : { body }) }
}
