/**
 * Renews what has the id `live` every two seconds while the page is shown, from the page itself. What has the id
 * `live-status` says so. Without script the page is as it was when it was loaded.
 */
export const LIVE_SCRIPT = `
const [live, state] = [document.getElementById('live'), document.getElementById('live-status')]
async function renew () {
  try {
    const response = await fetch(location.href, { headers: { accept: 'text/html' } })
    const page = new DOMParser().parseFromString(await response.text(), 'text/html')
    const next = page.getElementById('live')
    if (next.innerHTML !== live.innerHTML) live.replaceChildren(...next.childNodes)
    state.textContent = 'Live: new events appear by themselves.'
  } catch {
    state.textContent = 'The local Okta does not answer. This page tries again.'
  }
}
setInterval(() => { if (!document.hidden) renew() }, 2000)
renew()
`
