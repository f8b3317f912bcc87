import type { FastifyInstance } from 'fastify'
import { Deliveries } from '../../kernel/deliveries.js'
import { invalid } from '../../kernel/errors.js'
import type { Page } from '../../pages/html.js'
import type { Application } from '../../resources/apps/application.js'
import { Applications } from '../../resources/apps/store.js'
import { findEndpointIssue, SUBJECT_FORMATS } from '../../resources/apps/universal-logout-endpoint.js'
import type { UniversalLogoutEndpoint } from '../../resources/apps/universal-logout-endpoint.js'
import { deliveriesTable } from '../deliveries.js'
import { actionButtons, postForm, section, selectField, textField } from '../elements.js'
import type { Form } from '../form.js'
import { createConsolePage } from '../layout.js'
import { markup } from '../markup.js'
import type { Content, Markup } from '../markup.js'
import { after } from '../messages.js'
import { registerAction, registerPage } from '../page-routes.js'
import type { PageRequest } from '../page-routes.js'
import type { ConsoleParts } from '../parts.js'
import { CONSOLE } from '../paths.js'

const APPLICATIONS = `${CONSOLE}/applications` as const

/** The Universal Logout endpoint of an application, and what was delivered to it. */
export function registerUniversalLogoutPage (app: FastifyInstance, { kernel }: ConsoleParts): void {
  const [applications, deliveries] = [kernel.store(Applications), kernel.store(Deliveries)]
  const path = `${APPLICATIONS}/:id/universal-logout`
  const show = ({ id, form, message }: PageRequest): Page => {
    const application = applications.get(id)
    const made = deliveries.all().filter(({ kind, receiverId }) => kind === 'universal-logout' && receiverId === id)
    return createConsolePage({
      title: `Universal Logout of ${application.label}`, section: APPLICATIONS, message, content: [settings(application, form), deliveriesTable(made)]
    })
  }
  registerPage(app, path, show)
  registerAction(app, path, async ({ id, form }) => {
    applications.setUniversalLogout(applications.get(id), endpointIn(form))
    return after('saved', pathOf(id))
  }, show)
  registerAction(app, `${path}/remove`, async ({ id }) => {
    applications.setUniversalLogout(applications.get(id), null)
    return after('universal-logout-removed', pathOf(id))
  }, show)
}

/** Whether an application takes part, with a link to its page. */
export function universalLogoutLink ({ id, universalLogout }: Application): Content {
  return markup`<a href="${pathOf(id)}">${universalLogout === null ? 'Set up' : 'On'}<span class="visually-hidden"> (Universal Logout)</span></a>`
}

function pathOf (id: string): string {
  return `${APPLICATIONS}/${id}/universal-logout`
}

/** @throws {OktaApiError} 400 E0000001 */
function endpointIn (form: Form): UniversalLogoutEndpoint {
  const endpoint = { url: form.text('url'), format: form.text('format') }
  const issue = findEndpointIssue(endpoint)
  if (issue) throw invalid(issue.field, issue.cause)
  return endpoint as UniversalLogoutEndpoint
}

function settings ({ id, label, universalLogout }: Application, form: Form): Markup {
  const { url, format } = form.has('url') ? { url: form.text('url'), format: form.text('format') } : universalLogout ?? { url: '', format: 'email' }
  const path = pathOf(id)
  return section('Endpoint',
    markup`<p>When a person is signed out everywhere, Okta tells <a href="${APPLICATIONS}/${id}">${label}</a> here, with a token that Okta has signed.</p>`,
    postForm(path, [
      textField({ name: 'url', label: 'Logout endpoint URL', type: 'url', value: url, hint: 'https, or http on this machine, such as http://127.0.0.1:3000/okta/universal-logout.', isRequired: true }),
      selectField('format', 'Subject format', Object.entries(SUBJECT_FORMATS), format)
    ], 'Save'),
    universalLogout === null ? undefined : actionButtons([{ action: `${path}/remove`, label: 'Remove', of: 'the endpoint', look: 'danger' }]))
}
