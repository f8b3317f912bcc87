import type { FastifyInstance } from 'fastify'
import { invalid } from '../../kernel/errors.js'
import { readText } from '../../kernel/json.js'
import { isRedirectUri } from '../../oauth/redirect-uri.js'
import type { Page } from '../../pages/html.js'
import { AppGroups } from '../../resources/apps/app-groups.js'
import type { Application, ApplicationType } from '../../resources/apps/application.js'
import { readApp } from '../../resources/apps/read.js'
import { Applications } from '../../resources/apps/store.js'
import { EVERYONE } from '../../resources/groups/group.js'
import { Groups } from '../../resources/groups/store.js'
import { code, disclosure, linesField, postForm, section, selectField, statusLabel, table, textField } from '../elements.js'
import type { Form } from '../form.js'
import { createConsolePage } from '../layout.js'
import { markup } from '../markup.js'
import type { Content, Markup } from '../markup.js'
import { after } from '../messages.js'
import { registerAction, registerPage } from '../page-routes.js'
import type { PageRequest } from '../page-routes.js'
import type { ConsoleParts } from '../parts.js'
import { CONSOLE } from '../paths.js'

const PATH = `${CONSOLE}/applications` as const

/** Okta's application types, by their names in its console, with what a new app of each type may do. */
const TYPES: Readonly<Record<ApplicationType, { readonly name: string } & Pick<Application, 'authMethod' | 'grantTypes'>>> = {
  web: { name: 'Web Application', authMethod: 'client_secret_basic', grantTypes: ['authorization_code', 'refresh_token'] },
  browser: { name: 'Single-Page Application', authMethod: 'none', grantTypes: ['authorization_code', 'refresh_token'] },
  native: { name: 'Native Application', authMethod: 'none', grantTypes: ['authorization_code', 'refresh_token'] },
  service: { name: 'API Services', authMethod: 'client_secret_basic', grantTypes: ['client_credentials'] }
}

/** Grant types that send the browser back to the app. */
const WITH_REDIRECT = new Set(['authorization_code', 'implicit'])

/** Who may use a new app. */
const ACCESS = { everyone: 'Allow everyone in your organization to access', skip: 'Skip group assignment for now' } as const

/** Applications: a list, and the form that creates an app integration. */
export function registerApplicationsPage (app: FastifyInstance, { kernel }: ConsoleParts): void {
  const [applications, groups, appGroups] = [kernel.store(Applications), kernel.store(Groups), kernel.store(AppGroups)]
  const show = (request: PageRequest): Page => applicationsPage(applications.all(), request)
  registerPage(app, PATH, show)
  registerAction(app, PATH, async ({ form }) => {
    const created = applications.register(readApp(descriptionIn(form)), 'ACTIVE')
    const everyone = groups.find(EVERYONE)
    if (form.text('access') === 'everyone' && everyone) appGroups.assign(created, everyone)
    return after('application-created', `${PATH}/${created.id}`)
  }, show)
}

/** True for an OpenID Connect app. The others are records, without credentials. */
export function isClient ({ signOnMode }: Application): boolean {
  return signOnMode === 'OPENID_CONNECT'
}

/** The name of an application type in Okta's console, or the sign-on mode of an app that is not a client. */
export function typeNameOf (application: Application): string {
  return isClient(application) ? TYPES[application.applicationType].name : application.signOnMode
}

/** What a form says of an app with these grant types. @throws {OktaApiError} 400 E0000001 */
export function settingsIn (form: Form, grantTypes: readonly string[]): Pick<Application, 'label' | 'redirectUris' | 'postLogoutRedirectUris'> {
  const label = readText({ label: form.text('label') }, 'label')
  const [redirectUris, postLogoutRedirectUris] = [urisIn(form, 'redirectUris'), urisIn(form, 'postLogoutRedirectUris')]
  if (redirectUris.length === 0 && grantTypes.some((type) => WITH_REDIRECT.has(type))) throw invalid('redirectUris', 'The field cannot be left blank')
  return { label, redirectUris, postLogoutRedirectUris }
}

// as a request of the API describes a new app
function descriptionIn (form: Form): Record<string, unknown> {
  const type = typeIn(form)
  const { authMethod, grantTypes } = TYPES[type]
  const { label, redirectUris, postLogoutRedirectUris } = settingsIn(form, grantTypes)
  return {
    label,
    signOnMode: 'OPENID_CONNECT',
    credentials: { oauthClient: { token_endpoint_auth_method: authMethod } },
    settings: {
      oauthClient: {
        application_type: type, grant_types: [...grantTypes], redirect_uris: redirectUris, post_logout_redirect_uris: postLogoutRedirectUris
      }
    }
  }
}

function urisIn (form: Form, name: string): string[] {
  const uris = form.lines(name)
  const wrong = uris.find((uri) => !isRedirectUri(uri))
  if (wrong !== undefined) throw invalid(name, `${wrong} is not an absolute URI without a fragment`)
  return uris
}

/** The fields of an app, with these values. */
export function applicationFields (valueOf: (name: string) => string): Content {
  return [
    textField({ name: 'label', label: 'App integration name', value: valueOf('label'), isRequired: true }),
    linesField({ name: 'redirectUris', label: 'Sign-in redirect URIs', value: valueOf('redirectUris'), hint: 'One on each line. API Services need none.' }),
    linesField({ name: 'postLogoutRedirectUris', label: 'Sign-out redirect URIs', value: valueOf('postLogoutRedirectUris'), hint: 'One on each line.' })
  ]
}

function typeIn (form: Form): ApplicationType {
  const type = form.text('applicationType')
  if (!Object.hasOwn(TYPES, type)) throw invalid('applicationType', `must be one of ${Object.keys(TYPES).join(', ')}`)
  return type as ApplicationType
}

function applicationsPage (applications: readonly Application[], { form, message }: PageRequest): Page {
  const rows = applications.map((application) => [
    markup`<a href="${PATH}/${application.id}">${application.label}</a>`,
    typeNameOf(application), code(application.id), statusLabel(application.status)
  ])
  return createConsolePage({
    title: 'Applications',
    section: PATH,
    message,
    content: section('All applications',
      disclosure('Create App Integration', message?.isError === true, createForm(form)),
      table('Applications', ['Application', 'Type', 'Client ID', 'Status'], rows, 'There are no applications.'))
  })
}

function createForm (form: Form): Markup {
  const types = Object.entries(TYPES).map(([type, { name }]) => [type, name] as const)
  return postForm(PATH, [
    selectField('applicationType', 'Application type', types, form.text('applicationType')),
    applicationFields((name) => form.text(name)),
    selectField('access', 'Assignments', Object.entries(ACCESS), form.text('access'))
  ], 'Save')
}
