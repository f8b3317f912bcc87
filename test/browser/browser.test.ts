import t from 'tap'

// No limit here: the runner has one.
t.setTimeout(0)

// In one process, since they share a browser, a service and an org: each would take a second or two to start.
await import('./sign-in.js')
await import('./sign-in-refused.js')
await import('./group.js')
await import('./outage.js')
await import('./not-an-outage.js')
await import('./sign-out.js')
await import('./universal-logout.js')
await import('./docs.js')
await import('./accessibility.js')
