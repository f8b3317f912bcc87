import t from 'tap'
import { Selection, SortableSelection } from '#local-okta/kernel/selection.js'
import { sortItems } from '#local-okta/kernel/sort-order.js'
import type { SortOrder } from '#local-okta/kernel/sort-order.js'

/** Letters at the positions 10, 20, 30 and so on, of which the vowels are selected; and which were looked at. */
function selectVowels (letters: string): { selection: Selection<string>, seen: string[] } {
  const seen: string[] = []
  const selection = new Selection({
    length: letters.length,
    positionAt: (index) => (index + 1) * 10,
    itemAt: (index) => {
      const letter = letters.charAt(index)
      seen.push(letter)
      return /[aeiou]/.test(letter) ? letter : undefined
    }
  })
  return { selection, seen }
}

t.test('it gives what is selected, in order, as often as it is asked', async t => {
  const { selection } = selectVowels('abcdefghi')
  t.strictSame([...selection], ['a', 'e', 'i'])
  t.strictSame(Array.from(selection, (letter) => letter.toUpperCase()), ['A', 'E', 'I'])
  t.strictSame([...selectVowels('').selection], [])
})

t.test('it begins behind a position, whether something stands at it or not', async t => {
  const { selection } = selectVowels('abcdefghi')
  const taken = { '-1': ['a', 'e'], 9: ['a', 'e'], 10: ['e', 'i'], 15: ['e', 'i'], 49: ['e', 'i'], 50: ['i'], 90: [], 1000: [] }
  for (const [position, letters] of Object.entries(taken)) t.strictSame(selection.takeAfter(Number(position), 2), letters, position)
})

t.test('it looks at no more objects than a page needs', async t => {
  const { selection, seen } = selectVowels('abcdefghi')
  t.strictSame(selection.takeAfter(10, 1), ['e'])
  t.strictSame(seen, ['b', 'c', 'd', 'e'])
})

interface Fruit {
  readonly id: string
  readonly colour: string
}

t.test('in another order it goes on behind a place, whether something stands at it or not, and equal ones are in the order of their ids', async t => {
  const fruits: Fruit[] = [{ id: 'plum', colour: 'blue' }, { id: 'pear', colour: 'green' }, { id: 'fig', colour: 'blue' }, { id: 'lime', colour: 'green' }, { id: 'none', colour: '' }]
  const selection = new SortableSelection<Fruit>(
    { length: fruits.length, positionAt: (index) => index, itemAt: (index) => fruits[index] }, (order) => sortItems(fruits, order), ({ colour }) => colour !== ''
  )
  const orders: Record<string, string[]> = { ascending: ['fig', 'plum', 'lime', 'pear'], descending: ['lime', 'pear', 'fig', 'plum'] }
  for (const [direction, ids] of Object.entries(orders)) {
    const order: SortOrder<Fruit> = { name: direction, keyOf: ({ colour }) => colour, isDescending: direction === 'descending' }
    const all = selection.takeSortedAfter(order, undefined, 10)
    t.strictSame(all.map(({ item }) => item.id), ids, direction)
    t.strictSame(selection.takeSortedAfter(order, all[1]?.place, 1).map(({ item }) => item.id), [ids[2]], direction)
  }
  const ascending: SortOrder<Fruit> = { name: 'colour', keyOf: ({ colour }) => colour, isDescending: false }
  t.strictSame(selection.takeSortedAfter(ascending, ['blue', 'grape'], 2).map(({ item }) => item.id), ['plum', 'lime'])
  t.strictSame(selection.takeSortedAfter(ascending, ['red', ''], 2), [])
})
