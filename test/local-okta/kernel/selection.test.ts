import t from 'tap'
import { Selection } from '#local-okta/kernel/selection.js'

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
