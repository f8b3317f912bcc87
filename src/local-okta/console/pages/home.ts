import type { Page } from '../../pages/html.js'
import { AppGroups } from '../../resources/apps/app-groups.js'
import { Applications } from '../../resources/apps/store.js'
import { Groups } from '../../resources/groups/store.js'
import { Users } from '../../resources/users/store.js'
import { code, facts, section, table } from '../elements.js'
import { createConsolePage } from '../layout.js'
import { markup } from '../markup.js'
import type { Markup } from '../markup.js'
import type { ConsoleParts } from '../parts.js'
import { CONSOLE } from '../paths.js'
import { isClient, typeNameOf } from './applications.js'

/** The home page: the addresses of the org, its clients, and what can be done with them. */
export function createHomePage (parts: ConsoleParts): Page {
  return createConsolePage({
    title: 'Local Okta',
    section: '/',
    content: [addresses(parts), clients(parts), steps(parts)]
  })
}

function addresses ({ kernel, issuer, audience, apiToken }: ConsoleParts): Markup {
  const metadata = `${issuer}/.well-known/openid-configuration`
  return section('Addresses', facts([
    ['Okta domain', code(kernel.orgUrl)],
    ['Issuer', code(issuer)],
    ['Audience', code(audience)],
    ['API token', code(apiToken)],
    ['Metadata', markup`<a href="${metadata}">${metadata}</a>`],
    ['Keys', markup`<a href="${issuer}/v1/keys">${issuer}/v1/keys</a>`]
  ]), markup`<p class="quiet small">The API token belongs to the administrator. Another one is made at each start.</p>`)
}

function clients ({ kernel }: ConsoleParts): Markup {
  const rows = kernel.store(Applications).all().filter(isClient).map((application) => {
    const { id, label, clientSecret } = application
    return [
      markup`<a href="${CONSOLE}/applications/${id}">${label}</a>`, typeNameOf(application), code(id), clientSecret === null ? '' : code(clientSecret)
    ]
  })
  return section('Clients', table('Clients', ['Application', 'Type', 'Client ID', 'Client secret'], rows, 'There are no applications.'))
}

function steps ({ kernel }: ConsoleParts): Markup {
  const [people, groups] = [kernel.store(Users).all().length, kernel.store(Groups).all().length]
  const assigned = kernel.store(AppGroups).all().length
  return section('Who may do what', markup`<ol>
<li><a href="${CONSOLE}/groups">Add a group</a> (there are ${groups}), and put <a href="${CONSOLE}/people">people</a> (there are ${people}) into it.</li>
<li><a href="${CONSOLE}/applications">Assign the application to the group</a> (there are ${assigned} assignments), and remove <em>Everyone</em>.</li>
<li><a href="${CONSOLE}/tokens">Get a token</a> for one of its members, and call your API with it.</li>
<li>Remove the person from the group, and call the API again. <a href="${CONSOLE}/system-log">The System Log</a> has every step.</li>
</ol>`)
}
