// Exits with 0 while the service answers that it is alive. The image has no curl.
const port = process.env.PORT || 3000

const isAlive = await fetch(`http://127.0.0.1:${port}/livez`, { signal: AbortSignal.timeout(2000) })
  .then(response => response.ok, () => false)
process.exitCode = isAlive ? 0 : 1
