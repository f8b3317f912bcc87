import type { FastifyInstance } from 'fastify'
import { invalid } from '../../kernel/errors.js'
import { actionButtons, facts, postForm, section, selectField, textField, time } from '../elements.js'
import type { Form } from '../form.js'
import { markup } from '../markup.js'
import type { Markup } from '../markup.js'
import { after } from '../messages.js'
import { registerAction } from '../page-routes.js'
import type { PageRequest, ShowPage } from '../page-routes.js'
import type { ConsoleParts } from '../parts.js'
import { CONSOLE } from '../paths.js'

const FAULTS = `${CONSOLE}/faults`
const UNITS: Readonly<Record<string, number>> = { minutes: 60_000, hours: 3_600_000, days: 86_400_000 }

/** Registers what the forms of the clock are posted to. */
export function registerOrgClock (app: FastifyInstance, { control: { clock } }: ConsoleParts, show: ShowPage): void {
  registerAction(app, `${FAULTS}/clock`, async ({ form }) => {
    const ms = moveIn(form)
    try {
      clock.advance(ms)
    } catch (error) {
      if (error instanceof TypeError) throw invalid('clockMove', error.message)
      throw error
    }
    return after('clock-moved', FAULTS)
  }, show)
  registerAction(app, `${FAULTS}/clock/reset`, async () => {
    clock.reset()
    return after('clock-reset', FAULTS)
  }, show)
}

function moveIn (form: Form): number {
  const [text, unit] = [form.text('clockMove'), form.text('clockUnit')]
  const number = Number(text)
  if (text === '' || !Number.isFinite(number)) throw invalid('clockMove', 'must be a number')
  const ms = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined
  if (ms === undefined) throw invalid('clockUnit', `must be one of ${Object.keys(UNITS).join(', ')}`)
  return number * ms
}

/** The clock of the org, and forms that move it. */
export function createOrgClock ({ control: { clock } }: ConsoleParts, { form }: PageRequest): Markup {
  const now = new Date(clock.now()).toISOString()
  return section('Clock', markup`<p>Sessions, codes and tokens grow older when the clock is moved on.</p>`,
    facts([['Time of the org', time(now)]]),
    postForm(`${FAULTS}/clock`, [
      textField({ name: 'clockMove', label: 'Move on by', value: form.text('clockMove') || '60', hint: 'Back, if it is negative.', isRequired: true }),
      selectField('clockUnit', 'Unit', Object.keys(UNITS).map((unit) => [unit, unit]), form.text('clockUnit'))
    ], 'Move clock'),
    actionButtons([{ action: `${FAULTS}/clock/reset`, label: 'Reset clock' }]))
}
