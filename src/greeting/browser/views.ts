/** The content of a slot: a text, or several as items of a list. */
export type Content = string | readonly string[]

/** The click handlers of a view's buttons, by `data-action`. */
export type Handlers = Readonly<Record<string, () => unknown>>

let handlers: Handlers = {}

/**
 * Replaces the current view by one of the page's templates, and moves the focus to its heading, so that a screen reader
 * continues there. Contents are set as text, never as markup.
 */
export function show (name: string, contents: Readonly<Record<string, Content>> = {}, newHandlers: Handlers = {}): void {
  const template = document.querySelector<HTMLTemplateElement>(`template[data-view="${name}"]`)
  const main = document.querySelector('main')
  if (template === null || main === null) throw new TypeError(`the page has no view ${name}`)
  const view = template.content.cloneNode(true) as DocumentFragment
  for (const [slot, content] of Object.entries(contents)) fill(view, slot, content)
  main.dataset['view'] = name
  main.replaceChildren(view)
  handlers = newHandlers
  const heading = main.querySelector('h1')
  document.title = `${heading?.textContent ?? ''} · Greeting`
  heading?.focus()
}

/** The name of the current view. */
export function currentView (): string | undefined {
  return document.querySelector('main')?.dataset['view']
}

/** Sets one text of the current view. */
export function setText (slot: string, text: string): void {
  fill(document, slot, text)
}

/** Sets the handlers of the buttons that the page came with. */
export function setHandlers (newHandlers: Handlers): void {
  handlers = newHandlers
}

/** Makes the buttons work, those of later views too. */
export function listenToButtons (): void {
  document.querySelector('main')?.addEventListener('click', ({ target }) => {
    const { action } = (target as Element).closest<HTMLElement>('[data-action]')?.dataset ?? {}
    if (action !== undefined) handlers[action]?.()
  })
}

function fill (view: ParentNode, slot: string, content: Content): void {
  for (const element of view.querySelectorAll<HTMLElement>(`[data-slot="${slot}"]`)) {
    if (typeof content === 'string') element.textContent = content
    else element.replaceChildren(...content.map(createItem))
  }
}

function createItem (text: string): HTMLLIElement {
  const item = document.createElement('li')
  item.textContent = text
  return item
}
