// A module, since it awaits.
export {}

/** swagger-ui, which the page loads before this script. */
declare const SwaggerUIBundle: SwaggerUi

interface SwaggerUi {
  (configuration: object): { initOAuth (settings: object): void }
  readonly presets: { readonly apis: object }
}

type Security = Array<Record<string, string[]>>

interface OpenApiDocument {
  servers?: unknown
  paths: Record<string, Record<string, { security?: Security }>>
  components?: { securitySchemes?: Record<string, unknown> }
}

const ROOT = '#swagger-ui'

followColorScheme(matchMedia('(prefers-color-scheme: dark)'))
nameExampleChoices(document.querySelector(ROOT) as Element)
await showDocumentation()

async function showDocumentation (): Promise<void> {
  try {
    const response = await fetch('/openapi.json')
    if (!response.ok) throw new Error(String(response.status))
    render(adapt(await response.json() as OpenApiDocument))
  } catch {
    const notice = document.createElement('p')
    notice.textContent = 'The description of the routes (/openapi.json) could not be loaded. Load this page again.'
    document.querySelector(ROOT)?.replaceChildren(notice)
  }
}

function render (spec: OpenApiDocument): void {
  const { clientId = '', scopes = '', redirectPath = '' } = document.body.dataset
  const ui = SwaggerUIBundle({
    spec,
    dom_id: ROOT,
    deepLinking: true,
    layout: 'BaseLayout',
    presets: [SwaggerUIBundle.presets.apis],
    validatorUrl: null,
    oauth2RedirectUrl: `${location.origin}${redirectPath}`
  })
  if (clientId !== '') ui.initOAuth({ clientId, scopes: scopes.split(' '), usePkceWithAuthorizationCodeGrant: true })
}

/**
 * The document for this page. It calls the origin that it is at, whatever its name. It cannot send DPoP proofs, so that
 * scheme is left out if there is another. Optional security is shown as required: swagger-ui would draw a closed padlock for
 * it, and send no token.
 */
function adapt ({ servers: _servers, ...document }: OpenApiDocument): OpenApiDocument {
  const { dpop, ...schemes } = document.components?.securitySchemes ?? {}
  const hasOthers = Object.keys(schemes).length > 0
  for (const operation of Object.values(document.paths).flatMap((operations) => Object.values(operations))) {
    if (operation.security === undefined) continue
    operation.security = operation.security.filter((scheme) => Object.keys(scheme).length > 0 && !(hasOthers && 'dpop' in scheme))
  }
  return { ...document, components: { ...document.components, securitySchemes: hasOthers ? schemes : { dpop } } }
}

/** swagger-ui has a dark theme, and leaves it to the page to choose it. */
function followColorScheme (query: MediaQueryList): void {
  const apply = (): void => { document.documentElement.classList.toggle('dark-mode', query.matches) }
  query.addEventListener('change', apply)
  apply()
}

/** For screen readers: swagger-ui gives the choice between examples no name (WCAG 2.2, section 4.1.2). */
function nameExampleChoices (root: Element): void {
  new MutationObserver(() => {
    for (const select of root.querySelectorAll('.examples-select-element:not([aria-label])')) select.setAttribute('aria-label', 'Example')
  }).observe(root, { childList: true, subtree: true })
}
