import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe finds wrong, as rule and element; by all its rules, or by these. */
export async function findingsOf (page: Page, rules?: readonly string[]): Promise<string[]> {
  await page.evaluate(`{ ${axe} }`)
  const options = JSON.stringify(rules === undefined ? {} : { runOnly: rules })
  return await page.evaluate(`axe.run(${options}).then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html)))`)
}
