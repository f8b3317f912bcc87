import { invalid } from '../../kernel/errors.js'
import { readMember, readOptionalText, readText } from '../../kernel/json.js'
import type { Json } from '../../kernel/json.js'
import type { Kernel } from '../../kernel/kernel.js'
import type { ApiRequest } from '../../kernel/route.js'
import { Records } from './store.js'

const TIMEOUT_MS = 3000

/**
 * Calls an inline hook with a payload, to try it, and gives its answer. Nothing else here calls inline hooks.
 *
 * @throws {OktaApiError} 400 E0000001 if it gives no answer that is JSON within three seconds
 */
export async function executeInlineHook (kernel: Kernel, { params, body }: ApiRequest): Promise<unknown> {
  const hook = kernel.store(Records).get('/inlineHooks', params['inlineHookId'] ?? '', 'InlineHook')
  const config = readMember(readMember(hook.body, 'channel'), 'config')
  try {
    const response = await fetch(readText(config, 'uri'), {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', ...authorizationOf(config) },
      body: JSON.stringify(body),
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS)
    })
    const text = await response.text()
    return text === '' ? {} : JSON.parse(text) as Json
  } catch {
    throw invalid('uri', 'The inline hook did not answer with JSON.')
  }
}

function authorizationOf (config: Json): Record<string, string> {
  const scheme = readMember(config, 'authScheme')
  const [key, value] = [readOptionalText(scheme, 'key'), readOptionalText(scheme, 'value')]
  return key === undefined || value === undefined ? {} : { [key]: value }
}
