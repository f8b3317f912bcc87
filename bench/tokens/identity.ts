/**
 * Whose tokens are measured with. Tokens name their issuer with its port and are made once for many runs, so the port
 * is fixed; nothing but the bench's own issuer listens there.
 */
export const ISSUER_PORT = 47_311
export const ISSUER = `http://127.0.0.1:${ISSUER_PORT}/oauth2/default`
export const AUDIENCE = 'api://default'
export const KEY_ID = 'U5R8cHbGw445Qbq8zVO1PcCpXL8yG6IcovVa3laCoxM'
