import type { FastifyInstance } from 'fastify'
import type { Page } from '../../pages/html.js'
import { Messages } from '../../resources/messages/store.js'
import { section, table, time } from '../elements.js'
import { createConsolePage } from '../layout.js'
import { LIVE_SCRIPT } from '../live-script.js'
import { markup } from '../markup.js'
import type { Content } from '../markup.js'
import { registerPage } from '../page-routes.js'
import type { ConsoleParts } from '../parts.js'
import { CONSOLE } from '../paths.js'
import { MAX_ROWS } from '../table-rows.js'

const PATH = `${CONSOLE}/sent-codes` as const
const CHANNELS = { email: 'E-mail', sms: 'SMS', call: 'Call' } as const

/** Sent Codes: the e-mails and messages with a code that Okta would send. They go nowhere but here. */
export function registerSentCodesPage (app: FastifyInstance, { kernel }: ConsoleParts): void {
  registerPage(app, PATH, (): Page => {
    const rows = kernel.store(Messages).all().toReversed().slice(0, MAX_ROWS).map(({ created, channel, to, subject, code }): Content[] => [
      time(created), CHANNELS[channel], to, subject, markup`<code>${code}</code>`
    ])
    return createConsolePage({
      title: 'Sent Codes',
      section: PATH,
      script: LIVE_SCRIPT,
      content: section('E-mails and messages, the latest first',
        markup`<p class="quiet small" id="live-status" role="status"></p>`,
        markup`<div id="live">${table('Sent codes', ['Time', 'By', 'To', 'Subject', 'Code'], rows, 'No code has been sent yet.')}</div>`)
    })
  })
}
