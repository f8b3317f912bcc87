import fastifyJwt, { type JWT } from '@fastify/jwt'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { InvalidTokenError } from '../errors.js'
import { parseCompactToken } from '../oauth/compact-token.js'
import { checkToken68, readCredentials } from '../oauth/credentials.js'
import { deepFreezeWithoutPrototypes } from '../oauth/frozen.js'
import { SIGNATURE_ALGORITHM } from '../oauth/token-header.js'
import type { Authentication } from './authentication.js'

/** The methods of requests and replies if @fastify/jwt is registered already. */
const NAMES_BESIDE_ANOTHER = { jwtVerify: 'oktaJwtVerify', jwtDecode: 'oktaJwtDecode', jwtSign: 'oktaJwtSign' } as const

interface JwtVerifyOptions {
  /** Authenticates what the `Authorization` header holds. */
  readonly authenticate: (request: FastifyRequest) => Promise<Authentication>
  /** Notes a refusal, so that its challenge is sent if the error is. */
  readonly refuse: (request: FastifyRequest, error: unknown) => void
  /** What this registration has authenticated of the request. */
  readonly recall: (request: FastifyRequest) => Authentication | undefined
  readonly maxTokenBytes: number
}

/**
 * Registers @fastify/jwt, so that `request.jwtVerify()` answers as the guards do: the whole authentication comes first,
 * proof of possession and status of the user included. Only then does @fastify/jwt see the token; it checks the signature
 * once more, with the key that the token was verified with.
 *
 * Does NOT accept tokens that are introspected: they need not be JWTs, and there is no key to verify them with. The guards
 * accept them. Does NOT verify or sign without a request: `app.jwt.verify()`, `app.jwt.sign()` and `reply.jwtSign()` throw.
 *
 * An application that has registered @fastify/jwt before, for tokens of its own, keeps `request.jwtVerify()`; ours is then
 * `request.oktaJwtVerify()`.
 */
export async function registerJwtVerify (fastify: FastifyInstance, { authenticate, refuse, recall, maxTokenBytes }: JwtVerifyOptions): Promise<void> {
  const namespace = fastify.hasDecorator('jwt') ? unusedNamespace(fastify.jwt) : undefined
  await fastify.register(fastifyJwt, {
    ...(namespace === undefined ? {} : { namespace, ...NAMES_BESIDE_ANOTHER }),
    decoratorName: 'claims',
    // Without a private key, app.jwt.sign() and reply.jwtSign() refuse.
    secret: {
      public: ((request: FastifyRequest, _token: unknown, done: (error: unknown, key?: Buffer) => void) => {
        authenticate(request).then(exportKey).then((key) => { done(null, key) }, (error: unknown) => {
          refuse(request, error)
          done(error)
        })
      }) as never
    } as never,
    // The options of a call may name another token than the one that is authenticated.
    trusted: (request, claims) => JSON.stringify(claims) === JSON.stringify(recall(request)?.accessToken.claims),
    formatUser: (claims) => deepFreezeWithoutPrototypes(claims) as never,
    verify: {
      algorithms: [SIGNATURE_ALGORITHM],
      // Both are checked already, with the tolerance that the options set.
      ignoreExpiration: true,
      ignoreNotBefore: true,
      cache: false,
      extractToken: (request) => {
        try {
          return readToken(request, maxTokenBytes)
        } catch (error) {
          refuse(request, error)
          throw error
        }
      }
    }
  })
  if (!fastify.hasRequestDecorator('claims')) fastify.decorateRequest('claims', null)
  refuseWithoutRequest(namespace === undefined ? fastify.jwt : namespacesOf(fastify.jwt)[namespace] as JWT)
}

/**
 * The key that the token was verified with, as bytes: @fastify/jwt keeps a compiled verifier for each key that is a string, and
 * never drops one.
 *
 * @throws {InvalidTokenError} `type`: the token was introspected
 */
function exportKey ({ accessToken: { key } }: Authentication): Buffer {
  if (key === null) throw new InvalidTokenError('type')
  return Buffer.from(key.publicKey.export({ type: 'spki', format: 'pem' }))
}

/** @throws {FastifyOktaError} the header holds no token in the form of a JWT */
function readToken ({ headers }: FastifyRequest, maxTokenBytes: number): string {
  const credentials = readCredentials(headers.authorization, true)
  checkToken68(credentials)
  parseCompactToken(credentials.accessToken, maxTokenBytes)
  return credentials.accessToken
}

/** `okta`; if this plugin is registered in a sibling scope too, `okta2`: `app.jwt` is the application's, so all scopes share it. */
function unusedNamespace (jwt: JWT): string {
  const taken = namespacesOf(jwt)
  let namespace = 'okta'
  for (let i = 2; namespace in taken; i++) namespace = `okta${i}`
  return namespace
}

function namespacesOf (jwt: JWT): Readonly<Record<string, JWT>> {
  return jwt as unknown as Readonly<Record<string, JWT>>
}

/**
 * The key is found by authenticating a request, and `app.jwt.verify()` has none. @fastify/jwt gives its callback a promise in
 * place of claims then, whatever the token, and leaves that promise's rejection unhandled, which ends the process.
 */
function refuseWithoutRequest (jwt: JWT): void {
  jwt.verify = () => { throw new TypeError('app.jwt.verify() cannot verify access tokens: call request.jwtVerify(), or mount a guard') }
}
