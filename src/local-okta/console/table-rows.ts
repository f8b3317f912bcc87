import { markup } from './markup.js'
import type { Content } from './markup.js'

/** How many rows a table shows, and how many people a field offers to choose from. */
export const MAX_ROWS = 100

/** What stands below a table that does not show everything. */
export function moreRows (shown: number, all: number): Content {
  return shown < all ? markup`<p class="quiet">${shown} of ${all} are shown. Search to find others.</p>` : undefined
}
