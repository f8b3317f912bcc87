import { createPage, escapeHtml } from './html.js'
import type { Page } from './html.js'

/** What the pages of the steps after the first one share. */
export interface StepForm {
  /** Where the form is posted to. */
  action: string
  stateToken: string
  login: string
  /** What was wrong with the last attempt, or undefined. */
  error: string | undefined
  /** The source of a Content Security Policy that the answer redirects to. Undefined for a device. */
  redirectSource: string | undefined
}

/** A second factor that can be chosen. */
export interface FactorChoice {
  id: string
  name: string
  /** Where a code is sent. Undefined if none is. */
  sentTo: string | undefined
}

/** A factor that is checked, or activated. */
interface CodeForm extends StepForm {
  title: string
  /** What the field is called: the question itself, or the code. */
  label: string
  /** An answer is typed as letters, a code as digits. */
  isAnswer: boolean
  /** Where a code was sent. Undefined if none was. */
  sentTo: string | undefined
  /** For an authenticator app that is set up. Undefined: none is shown. */
  secret: { shared: string, qrCode: string } | undefined
  /** True if there is something else to choose. */
  hasOthers: boolean
}

/** Where the codes are. */
export const SENT_NOTE = '<p class="note">This org sends no messages: the code is in its console, under <a href="/console/sent-codes" target="_blank" rel="noopener">Sent Codes</a>.</p>'

/** Asks for a new password in place of one that has expired, which must be typed once more. */
export function createNewPasswordPage (form: StepForm): Page {
  return stepPage('Your password has expired', form, passwordForm(form, [OLD_PASSWORD, ...NEW_PASSWORD]))
}

/** Offers a new password in place of one that expires in so many days. */
export function createExpiryPage (form: StepForm, days: number): Page {
  const title = days === 1 ? 'Your password expires tomorrow' : `Your password expires in ${days} days`
  return stepPage(title, form, passwordForm(form, [OLD_PASSWORD, ...NEW_PASSWORD], '<button type="submit" class="secondary" name="skip" value="true" formnovalidate>Remind me later</button>'))
}

/** Asks for a new password in place of one that is forgotten, or for a first one. */
export function createResetPage (form: StepForm, title = 'Reset your password'): Page {
  return stepPage(title, form, passwordForm(form, NEW_PASSWORD))
}

/** Offers the second factors of a user. */
export function createFactorChoicePage (form: StepForm, factors: readonly FactorChoice[]): Page {
  const items = factors.map(({ id, name, sentTo }) =>
    `<li><button type="submit" name="factor" value="${escapeHtml(id)}">${escapeHtml(name)}${sentTo === undefined ? '' : `<span>Send a code to ${escapeHtml(sentTo)}</span>`}</button></li>`)
  return stepPage('Verify it is you', form, `<p>Choose a second factor.</p>
${formOf(form, `<ul class="people">\n${items.join('\n')}\n</ul>`)}`)
}

type PasswordField = readonly [name: string, label: string, autocomplete: string]

const OLD_PASSWORD: PasswordField = ['oldPassword', 'Current password', 'current-password']
const NEW_PASSWORD: readonly PasswordField[] = [
  ['newPassword', 'New password', 'new-password'], ['repeatedPassword', 'Repeat the new password', 'new-password']
]

function passwordForm (form: StepForm, fields: readonly PasswordField[], more = ''): string {
  const inputs = fields.map(([name, label, autocomplete], index) => `<label for="${name}">${label}</label>
<input id="${name}" name="${name}" type="password" autocomplete="${autocomplete}" required${index === 0 ? ` autofocus${described(form)}` : ''}>`)
  return formOf(form, `${inputs.join('\n')}
<button type="submit">Change password</button>${more}`)
}

/** Asks for the answer of a question, or for a code. */
export function createCodePage (form: CodeForm): Page {
  const { label, isAnswer, sentTo, secret } = form
  const hint = secret === undefined
    ? ''
    : `<p>Scan this with your authenticator app.</p>
<div class="qr-code" role="img" aria-label="QR code">${secret.qrCode}</div>
<p>Or add this key to it: <code>${escapeHtml(secret.shared)}</code></p>`
  const sent = sentTo === undefined ? '' : `<p>A code was sent to ${escapeHtml(sentTo)}.</p>\n${SENT_NOTE}`
  const type = isAnswer ? 'type="text" autocomplete="off"' : 'type="text" inputmode="numeric" autocomplete="one-time-code"'
  return stepPage(form.title, form, `${hint}${sent}
${formOf(form, `<label for="code">${escapeHtml(label)}</label>
<input id="code" name="code" ${type} autofocus required${described(form)}>
<button type="submit">Verify</button>
${sentTo === undefined ? '' : '<button type="submit" class="secondary" name="resend" value="true" formnovalidate>Send another code</button>'}
${form.hasOthers ? '<button type="submit" class="secondary" name="back" value="true" formnovalidate>Choose another factor</button>' : ''}`)}`)
}

/** Asks for the answer of the user's own recovery question. */
export function createQuestionPage (form: StepForm & { title: string }, question: string): Page {
  return stepPage(form.title, form, formOf(form, `<label for="answer">${escapeHtml(question)}</label>
<input id="answer" name="answer" type="text" autocomplete="off" autofocus required${described(form)}>
<button type="submit">Next</button>`))
}

type Offer = readonly [value: string, name: string]

/** What a user may set up. */
export interface EnrollmentOffers {
  /** False if this is the first second factor. */
  hasFactors: boolean
  questions: readonly Offer[]
  /** Ways to get a code. */
  codes: readonly Offer[]
  /** Ways to get a code that need a phone number. */
  phone: readonly Offer[]
}

/** Offers to set up a second factor. */
export function createEnrollmentPage (form: StepForm, { hasFactors, questions, codes, phone }: EnrollmentOffers): Page {
  const parts = [
    questions.length === 0 ? '' : `<h2>Security question</h2>\n${questionForm(form, questions)}`,
    codes.length === 0 ? '' : `<h2>Code</h2>\n${formOf(form, `<ul class="people">\n${codes.map((code) => `<li>${enrollButton(code)}</li>`).join('\n')}\n</ul>`)}`,
    phone.length === 0 ? '' : `<h2>Phone</h2>\n${phoneForm(form, phone)}`
  ]
  const reason = hasFactors ? 'Your organization requires another factor.' : 'This sign-in takes a second factor, and you have none.'
  return stepPage('Set up a second factor', form, `<p>${reason}</p>\n${parts.filter((part) => part !== '').join('\n')}`)
}

function questionForm (form: StepForm, questions: readonly Offer[]): string {
  const options = questions.map(([key, text]) => `<option value="${escapeHtml(key)}">${escapeHtml(text)}</option>`)
  return formOf(form, `<label for="question">Question</label>
<select id="question" name="question">
${options.join('\n')}
</select>
<label for="answer">Answer</label>
<input id="answer" name="answer" type="text" autocomplete="off" minlength="4" autofocus required${described(form)}>
<button type="submit" name="enroll" value="question">Set up</button>`)
}

function phoneForm (form: StepForm, ways: readonly Offer[]): string {
  return formOf(form, `<label for="phoneNumber">Phone number, such as +15550100</label>
<input id="phoneNumber" name="phoneNumber" type="tel" autocomplete="tel" required>
<ul class="people">\n${ways.map((way) => `<li>${enrollButton(way)}</li>`).join('\n')}\n</ul>`)
}

function enrollButton ([value, name]: Offer): string {
  return `<button type="submit" name="enroll" value="${escapeHtml(value)}">${escapeHtml(name)}</button>`
}

/** What was wrong with the last attempt. */
export function alertOf (error: string | undefined): string {
  return error === undefined ? '' : `<p class="error" id="error" role="alert">${escapeHtml(error)}</p>\n`
}

function stepPage (title: string, { login, error, redirectSource }: StepForm, main: string): Page {
  return createPage(title, `<p>${escapeHtml(login)}</p>\n${alertOf(error)}${main}`, redirectSource === undefined ? [] : [redirectSource])
}

function formOf ({ action, stateToken }: StepForm, fields: string): string {
  return `<form method="post" action="${escapeHtml(action)}">
<input type="hidden" name="stateToken" value="${escapeHtml(stateToken)}">
${fields}
</form>`
}

/** The attributes of the field that has the focus, for what was wrong. */
export function described ({ error }: Pick<StepForm, 'error'>): string {
  return error === undefined ? '' : ' aria-describedby="error" aria-invalid="true"'
}
