import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeJwt } from 'jose'
import t from 'tap'
import type { LocalOkta } from 'local-okta'
import { Browser } from '../../local-okta/browser.js'
import { shareOrg } from '../../kit/org.js'
import { emptyDirectory, start, runHere, type Running } from './run.js'

// Each command is a process, and on a busy machine each takes its time.
t.setTimeout(120_000)

t.test('somebody signs in in the browser, and the token alone is on the standard output', async t => {
  const localOkta = await shareOrg()
  const command = start(t, ['token', '--no-browser', '--scope', 'openid greet', '--user', 'ada@example.com'], { env: { OKTA_OAUTH2_ISSUER: localOkta.issuer } })
  const signInUrl = await printedUrl(command)
  t.match(Object.fromEntries(signInUrl.searchParams), {
    response_type: 'code',
    code_challenge_method: 'S256',
    redirect_uri: /^http:\/\/127\.0\.0\.1:\d+\/callback$/,
    state: /^[\w-]{43}$/,
    nonce: /^[\w-]{43}$/,
    login_hint: 'ada@example.com'
  })

  const page = await fetch(await signIn(localOkta, signInUrl))
  t.equal(page.status, 200)
  t.match(await page.text(), /You are signed in\. Close this page and go back to the terminal\./)
  t.match(page.headers.get('cache-control'), 'no-store')
  const { code, stdout } = await command.ended
  t.equal(code, 0)
  t.match(stdout, /^[\w-]+\.[\w-]+\.[\w-]+\n$/)
  t.match(decodeJwt(stdout.trim()), { sub: 'ada@example.com', cid: localOkta.clients.native.clientId, scp: ['openid', 'greet'] })
})

t.test('without openid no ID token is checked, and that is fine', async t => {
  const localOkta = await shareOrg()
  const command = start(t, ['token', '--no-browser', '--scope', 'greet', '--issuer', localOkta.issuer])
  await (await fetch(await signIn(localOkta, await printedUrl(command)))).text()
  t.match(await command.ended, { code: 0, stdout: /^ey/ })
})

t.test('a callback of another state is answered, and the waiting goes on', async t => {
  const localOkta = await shareOrg()
  const command = start(t, ['token', '--no-browser', '--issuer', localOkta.issuer])
  const signInUrl = await printedUrl(command)
  const redirectUri = signInUrl.searchParams.get('redirect_uri') as string

  t.equal((await fetch(`${redirectUri}?code=forged&state=forged`)).status, 400)
  t.equal((await fetch(new URL('/favicon.ico', redirectUri))).status, 400)
  t.equal((await fetch(redirectUri, { method: 'POST' })).status, 400)
  t.equal((await fetch(await signIn(localOkta, signInUrl))).status, 200)
  t.equal((await command.ended).code, 0)
})

t.test('what the server refuses is said in one line, and to the browser too', async t => {
  const localOkta = await shareOrg()
  const command = start(t, ['token', '--no-browser', '--issuer', localOkta.issuer])
  const parameters = (await printedUrl(command)).searchParams
  const refusal = new URLSearchParams({ error: 'access_denied', error_description: 'No\u001b[2J luck.', state: parameters.get('state') as string })
  const page = await fetch(`${parameters.get('redirect_uri') as string}?${refusal.toString()}`)
  t.equal(page.status, 400)
  t.match(await page.text(), /The sign-in failed/)
  t.match(await command.ended, { code: 1, stdout: '', stderr: /\nfastify-okta: the authorization server refused: access_denied: No\\u001b\[2J luck\.\n$/ })
})

t.test('--device waits until somebody has entered the code on another device', async t => {
  const localOkta = await shareOrg()
  const command = start(t, ['token', '--device', '--scope', 'openid greet', '--issuer', localOkta.issuer])
  const browser = new Browser(localOkta.orgUrl)
  const confirm = await browser.submit(await browser.visit((await printedUrl(command)).href))
  const done = await browser.submit(await browser.submit(confirm), { username: 'ada@example.com', password: 'local-okta-1' })
  t.match(done.html, /Device activated/)

  const { code, stdout, stderr } = await command.ended
  t.equal(code, 0)
  t.match(stderr, /^Open this page on any device, and check that it shows the code [A-Z]{4}-[A-Z]{4}:\n\n {2}http:/)
  t.match(decodeJwt(stdout.trim()), { sub: 'ada@example.com', cid: localOkta.clients.native.clientId, scp: ['openid', 'greet'] })
})

t.test('--device ends if no one signs in in time, and says so when the client may not use it', async t => {
  const { issuer, clients } = await shareOrg()
  t.match(await runHere(['token', '--device', '--timeout', '1', '--json', '--issuer', issuer]), { code: 1, stdout: '', stderr: /"verificationUrl":"http:[^\n]*\n\{"error":"timeout"/ })
  t.match(await runHere(['token', '--device', '--client-id', clients.browser.clientId, '--issuer', issuer]), { code: 1, stderr: /refused: unauthorized_client/ })
  t.match(await runHere(['token', '--device', '--password']), { code: 2, stderr: /--device and --password exclude each other/ })
})

t.test('without a sign-in the command fails after a while', async t => {
  const { issuer } = await shareOrg()
  const { code, stdout, stderr } = await runHere(['token', '--no-browser', '--timeout', '1', '--json', '--issuer', issuer])
  t.equal(code, 1)
  t.equal(stdout, '')
  const [shown, failure] = stderr.trim().split('\n').map(line => JSON.parse(line) as unknown)
  t.match(shown, { signInUrl: /^http:/ })
  t.match(failure, { error: 'timeout' })
})

t.test('the browser is given the address, and nothing that is secret', { skip: process.platform !== 'linux' && 'needs xdg-open' }, async t => {
  const localOkta = await shareOrg()
  const directory = await emptyDirectory(t)
  const opened = join(directory, 'opened')
  await writeFile(join(directory, 'xdg-open'), `#!/bin/sh\nprintf '%s\\n' "$@" > '${opened}.part'\n/bin/mv '${opened}.part' '${opened}'\n`)
  await chmod(join(directory, 'xdg-open'), 0o755)
  const command = start(t, ['token', '--issuer', localOkta.issuer], { env: { PATH: directory } })
  const signInUrl = await printedUrl(command)
  await (await fetch(await signIn(localOkta, signInUrl))).text()

  const { stdout } = await command.ended
  t.match(stdout, /^ey/)
  t.equal(await readFile(opened, 'utf8'), `${signInUrl.href}\n`, 'one argument: the address')
  t.notOk(signInUrl.searchParams.has('code_verifier'))
})

async function printedUrl (command: Running): Promise<URL> {
  return new URL(await command.printed('stderr', /http:\S+(?=\n)/))
}

/** Signs Ada in, and gives the address that the browser is sent back to. */
async function signIn ({ orgUrl }: LocalOkta, signInUrl: URL): Promise<string> {
  const browser = new Browser(orgUrl)
  const { url } = await browser.submit(await browser.visit(signInUrl.href), { username: 'ada@example.com', password: 'local-okta-1' })
  return url
}
