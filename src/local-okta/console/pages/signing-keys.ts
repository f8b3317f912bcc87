import type { FastifyInstance } from 'fastify'
import { invalid } from '../../kernel/errors.js'
import { DEFAULT_SERVER_ID } from '../../resources/authorization-servers/store.js'
import { ServerKeys } from '../../tokens/server-keys.js'
import { actionButton, actionButtons, section, statusLabel, table } from '../elements.js'
import { markup } from '../markup.js'
import type { Markup } from '../markup.js'
import { after } from '../messages.js'
import { registerAction } from '../page-routes.js'
import type { ShowPage } from '../page-routes.js'
import type { ConsoleParts } from '../parts.js'
import { CONSOLE } from '../paths.js'

const FAULTS = `${CONSOLE}/faults`

/** Registers what the buttons at the signing keys are posted to. */
export function registerSigningKeys (app: FastifyInstance, { control }: ConsoleParts, show: ShowPage): void {
  registerAction(app, `${FAULTS}/rotate-keys`, async () => {
    await (await control.keys()).rotate()
    return after('keys-rotated', FAULTS)
  }, show)
  registerAction(app, `${FAULTS}/retire-key`, async ({ form }) => {
    const keys = await control.keys()
    const key = keys.list().find(({ kid, status }) => kid === form.text('kid') && status === 'EXPIRED')
    if (!key) throw invalid('kid', 'Only a key that no longer signs can be withdrawn')
    keys.retire(key.kid)
    return after('key-retired', FAULTS)
  }, show)
}

/** The signing keys of the `default` server. */
export function createSigningKeys ({ kernel }: ConsoleParts): Markup {
  const rows = kernel.store(ServerKeys).ofSync(DEFAULT_SERVER_ID).list().map(({ kid, status }) => [
    markup`<code>${kid}</code>`,
    statusLabel(status),
    status === 'EXPIRED' ? actionButton({ action: `${FAULTS}/retire-key`, label: 'Withdraw', of: `key ${kid}`, fields: { kid }, look: 'danger' }) : undefined
  ])
  return section('Signing keys', table('Signing keys', ['Key ID', 'Status', ''], rows, 'There are no keys.'),
    actionButtons([{ action: `${FAULTS}/rotate-keys`, label: 'Rotate keys' }]))
}
