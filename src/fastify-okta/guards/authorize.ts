import type { Authentication } from './authentication.js'

/** Decides whether an authenticated caller may pass. Throws if not. */
export type Authorize = (authentication: Authentication) => void
