import type { FastifyInstance } from 'fastify'
import { invalid } from '../../kernel/errors.js'
import { usesSecret } from '../../resources/apps/application.js'
import type { Application } from '../../resources/apps/application.js'
import type { Applications } from '../../resources/apps/store.js'
import { actionButton, actionButtons, code, section, statusLabel, table, time } from '../elements.js'
import type { Markup } from '../markup.js'
import { after } from '../messages.js'
import { registerAction } from '../page-routes.js'
import type { ShowPage } from '../page-routes.js'
import { CONSOLE } from '../paths.js'

const APPLICATIONS = `${CONSOLE}/applications`

/** Registers what the forms of an app's secrets are posted to. */
export function registerClientSecrets (app: FastifyInstance, applications: Applications, show: ShowPage): void {
  const path = `${APPLICATIONS}/:id/secrets`
  registerAction(app, path, async ({ id }) => {
    const application = applications.get(id)
    if (!usesSecret(application)) throw invalid('client_secret', 'This application has no client secret')
    applications.addSecret(application)
    return after('secret-created', `${APPLICATIONS}/${id}`)
  }, show)
  registerAction(app, `${path}/status`, async ({ id, form }) => {
    applications.setSecretStatus(applications.get(id), form.text('secret'), form.text('status') === 'ACTIVE' ? 'ACTIVE' : 'INACTIVE')
    return after('status-changed', `${APPLICATIONS}/${id}`)
  }, show)
  registerAction(app, `${path}/delete`, async ({ id, form }) => {
    applications.deleteSecret(applications.get(id), form.text('secret'))
    return after('secret-deleted', `${APPLICATIONS}/${id}`)
  }, show)
}

/** Client Secrets: two at most, so that one can be exchanged for the other without an interruption. */
export function createClientSecrets ({ secrets }: Application, path: string): Markup {
  const rows = secrets.map(({ id, secret, status, created }, index) => {
    const next = status === 'ACTIVE' ? { label: 'Deactivate', to: 'INACTIVE' } : { label: 'Activate', to: 'ACTIVE' }
    const of = `secret ${index + 1}`
    return [
      code(secret), time(created), statusLabel(status),
      [
        actionButton({ action: `${path}/secrets/status`, label: next.label, of, fields: { secret: id, status: next.to } }),
        status === 'INACTIVE' ? actionButton({ action: `${path}/secrets/delete`, label: 'Delete', of, fields: { secret: id }, look: 'danger' }) : undefined
      ]
    ]
  })
  return section('Client Secrets', table('Client secrets', ['Client secret', 'Created', 'Status', ''], rows, 'There are no client secrets.'),
    actionButtons([{ action: `${path}/secrets`, label: 'Generate new secret' }]))
}
