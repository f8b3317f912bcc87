import type { FastifyInstance } from 'fastify'
import { readText } from '../../kernel/json.js'
import type { Page } from '../../pages/html.js'
import { addTrustedOrigin, deleteTrustedOrigin, trustedOriginsOf } from '../../resources/crud/trusted-origins.js'
import { actionButton, disclosure, postForm, section, statusLabel, table, textField } from '../elements.js'
import { createConsolePage } from '../layout.js'
import { markup } from '../markup.js'
import type { Content } from '../markup.js'
import { after } from '../messages.js'
import { registerAction, registerPage } from '../page-routes.js'
import type { PageRequest } from '../page-routes.js'
import type { ConsoleParts } from '../parts.js'
import { CONSOLE } from '../paths.js'

const PATH = `${CONSOLE}/trusted-origins` as const

/** Trusted Origins: a list, a form that adds one, and buttons that delete them. */
export function registerTrustedOriginsPage (app: FastifyInstance, parts: ConsoleParts): void {
  const show = (request: PageRequest): Page => originsPage(parts, request)
  registerPage(app, PATH, show)
  registerAction(app, PATH, async ({ form }) => {
    addTrustedOrigin(parts.kernel, readText({ name: form.text('name') }, 'name'), form.text('trustedOrigin'))
    return after('origin-added', PATH)
  }, show)
  registerAction(app, `${PATH}/delete`, async ({ form }) => {
    deleteTrustedOrigin(parts.kernel, form.text('trustedOriginId'))
    return after('origin-deleted', PATH)
  }, show)
}

function originsPage ({ kernel }: ConsoleParts, { form, message }: PageRequest): Page {
  const rows = trustedOriginsOf(kernel).map(({ key, status, body }): Content[] => [
    String(body['name']), markup`<code>${String(body['origin'])}</code>`, statusLabel(status),
    actionButton({ action: `${PATH}/delete`, label: 'Delete', of: String(body['name']), fields: { trustedOriginId: key }, look: 'danger' })
  ])
  return createConsolePage({
    title: 'Trusted Origins',
    section: PATH,
    message,
    content: section('All origins', markup`<p class="quiet small">Scripts of these origins may call the org (CORS). The origins of redirect URIs may as well, without being added.</p>`,
      disclosure('Add Origin', message?.isError === true, postForm(PATH, [
        textField({ name: 'name', label: 'Origin name', value: form.text('name'), isRequired: true }),
        textField({ name: 'trustedOrigin', label: 'Origin URL', type: 'url', value: form.text('trustedOrigin'), hint: 'Such as http://127.0.0.1:3000, without a path.', isRequired: true })
      ], 'Save')),
      table('Trusted origins', ['Name', 'Origin URL', 'Status', ''], rows, 'No origins have been added.'))
  })
}
