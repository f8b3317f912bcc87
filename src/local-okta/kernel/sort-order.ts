/** The order that `sortBy` asks for. */
export interface SortOrder<Item> {
  /** What the sorted list is kept under: orders of one name are the same. */
  readonly name: string
  readonly keyOf: (item: Item) => string
  readonly isDescending: boolean
}

/** Where an item stands in a sorted list: by its key, and among equal ones by its id. */
export type Place = readonly [key: string, id: string]

/** An item and its place. */
export interface Placed<Item> {
  readonly item: Item
  readonly place: Place
}

/** Keys are compared up to this length, so that a cursor fits into a `Link` header that the SDK can read. */
const MAX_KEY_LENGTH = 100

/** The items in this order, with their places. */
export function sortItems<Item extends { readonly id: string }> (items: readonly Item[], order: SortOrder<Item>): Array<Placed<Item>> {
  return items
    .map((item): Placed<Item> => ({ item, place: [order.keyOf(item).slice(0, MAX_KEY_LENGTH), item.id] }))
    .sort((a, b) => comparePlaces(a.place, b.place, order))
}

/** Negative if the first place comes before the second one. Equal keys are in the order of their ids, also in a descending order. */
export function comparePlaces (a: Place, b: Place, { isDescending }: Pick<SortOrder<never>, 'isDescending'>): number {
  const byKey = a[0].localeCompare(b[0], 'en')
  return (isDescending ? -byKey : byKey) || a[1].localeCompare(b[1], 'en')
}
