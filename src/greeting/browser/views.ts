/** Something to be shown in a view: a text, or several as items of a list. */
export type Content = string | readonly string[]

/** What the buttons of a view do, by their `data-action`. */
export type Actions = Readonly<Record<string, () => unknown>>

let actions: Actions = {}

/**
 * Puts a view, one of the page's templates, in the place of the one that is shown, and moves the focus to its heading,
 * so that a screen reader reads on from there. Texts are set as texts, so that none becomes markup.
 */
export function show (name: string, contents: Readonly<Record<string, Content>> = {}, does: Actions = {}): void {
  const template = document.querySelector<HTMLTemplateElement>(`template[data-view="${name}"]`)
  const main = document.querySelector('main')
  if (template === null || main === null) throw new TypeError(`the page has no view ${name}`)
  const view = template.content.cloneNode(true) as DocumentFragment
  for (const [slot, content] of Object.entries(contents)) fill(view, slot, content)
  main.dataset['view'] = name
  main.replaceChildren(view)
  actions = does
  const heading = main.querySelector('h1')
  document.title = `${heading?.textContent ?? ''} · Greeting`
  heading?.focus()
}

/** Which view is shown. */
export function shown (): string | undefined {
  return document.querySelector('main')?.dataset['view']
}

/** Changes one text of the view that is shown. */
export function say (slot: string, text: string): void {
  fill(document, slot, text)
}

/** Lets buttons act, those of views to come as well. */
export function listenToButtons (): void {
  document.querySelector('main')?.addEventListener('click', ({ target }) => {
    const { action } = (target as Element).closest<HTMLElement>('[data-action]')?.dataset ?? {}
    if (action !== undefined) actions[action]?.()
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
