import type { FastifyInstance } from 'fastify'
import type { Page } from '../../pages/html.js'
import { Applications } from '../../resources/apps/store.js'
import { usesSecret } from '../../resources/apps/application.js'
import type { Application } from '../../resources/apps/application.js'
import { actionButtons, checkboxes, code, facts, postForm, section, statusLabel } from '../elements.js'
import type { Action } from '../elements.js'
import { createConsolePage } from '../layout.js'
import type { Content, Markup } from '../markup.js'
import { after } from '../messages.js'
import { registerAction, registerPage } from '../page-routes.js'
import type { PageRequest } from '../page-routes.js'
import type { ConsoleParts } from '../parts.js'
import { CONSOLE } from '../paths.js'
import { applicationFields, isClient, settingsIn, typeNameOf } from './applications.js'
import { createAssignments, registerAssignments } from './assignments.js'
import { createClientSecrets, registerClientSecrets } from './client-secrets.js'
import { universalLogoutLink } from './universal-logout.js'

const APPLICATIONS = `${CONSOLE}/applications` as const
const DPOP = ['true', 'Require Demonstrating Proof of Possession (DPoP) header in token requests'] as const

/** One application: client credentials, client secrets, assignments, settings. */
export function registerApplicationPage (app: FastifyInstance, parts: ConsoleParts): void {
  const applications = parts.kernel.store(Applications)
  const show = (request: PageRequest): Page => applicationPage(parts, request)
  const path = `${APPLICATIONS}/:id`
  registerPage(app, path, show)
  registerAction(app, path, async ({ id, form }) => {
    const application = applications.get(id)
    applications.update(application, {
      ...settingsIn(form, application.grantTypes), dpopBoundAccessTokens: form.has('dpopBoundAccessTokens')
    })
    return after('saved', `${APPLICATIONS}/${id}`)
  }, show)
  registerAction(app, `${path}/status`, async ({ id, form }) => {
    applications.setStatus(applications.get(id), form.text('status') === 'ACTIVE' ? 'ACTIVE' : 'INACTIVE')
    return after('status-changed', `${APPLICATIONS}/${id}`)
  }, show)
  registerAction(app, `${path}/delete`, async ({ id }) => {
    applications.delete(applications.get(id))
    return after('application-deleted', APPLICATIONS)
  }, show)
  registerClientSecrets(app, applications, show)
  registerAssignments(app, parts, show)
}

function applicationPage (parts: ConsoleParts, { id, form, message }: PageRequest): Page {
  const application = parts.kernel.store(Applications).get(id)
  const path = `${APPLICATIONS}/${application.id}`
  return createConsolePage({
    title: application.label,
    section: APPLICATIONS,
    message,
    content: [
      credentials(application, path),
      usesSecret(application) ? createClientSecrets(application, path) : undefined,
      createAssignments(parts, application),
      isClient(application) ? section('General Settings', postForm(path, settingFields(application, form.has('label') ? (name) => form.text(name) : storedValues(application)), 'Save')) : undefined
    ]
  })
}

function storedValues ({ label, redirectUris, postLogoutRedirectUris }: Application): (name: string) => string {
  const values: Readonly<Record<string, string>> = {
    label, redirectUris: redirectUris.join('\n'), postLogoutRedirectUris: postLogoutRedirectUris.join('\n')
  }
  return (name) => values[name] ?? ''
}

function settingFields ({ dpopBoundAccessTokens }: Application, valueOf: (name: string) => string): Content {
  return [applicationFields(valueOf), checkboxes('dpopBoundAccessTokens', 'Proof of possession', [DPOP], dpopBoundAccessTokens ? ['true'] : [])]
}

function credentials (application: Application, path: string): Markup {
  const { id, authMethod, grantTypes, status } = application
  const next = status === 'ACTIVE' ? { label: 'Deactivate', to: 'INACTIVE' } : { label: 'Activate', to: 'ACTIVE' }
  const actions: Action[] = [
    { action: `${path}/status`, label: next.label, fields: { status: next.to } },
    ...(status === 'INACTIVE' ? [{ action: `${path}/delete`, label: 'Delete', look: 'danger' } as const] : [])
  ]
  return section('Client Credentials', facts([
    [isClient(application) ? 'Client ID' : 'Application ID', code(id)],
    ['Application type', typeNameOf(application)],
    ...(isClient(application) ? [['Client authentication', authMethod], ['Grant types', grantTypes.join(', ')]] as const : []),
    ['Status', statusLabel(status)],
    ...(isClient(application) ? [['Universal Logout', universalLogoutLink(application)]] as const : [])
  ]), actionButtons(actions))
}
