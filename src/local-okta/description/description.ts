import { readFileSync } from 'node:fs'
import type { Method } from '../kernel/route.js'

/** What a schema of the description says of a value; see `reduce.js`. A `$ref` is the name of another. */
export interface Schema {
  readonly $ref?: string
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean'
  readonly enum?: readonly unknown[]
  readonly nullable?: boolean
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly pattern?: string
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly allOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly anyOf?: readonly Schema[]
  readonly discriminator?: { readonly propertyName: string, readonly mapping: Readonly<Record<string, string>> }
}

/** An operation of Okta's Management API. */
export interface Operation {
  /** Its `operationId`. */
  readonly id: string
  readonly method: Method
  /** Below `/api/v1`, unless it is outside of that. */
  readonly path: string
  readonly isOutside?: true
  readonly scope?: string
  /** Of success. */
  readonly status?: number
  readonly body?: Schema
  /** True if there may be no body. */
  readonly isBodyOptional?: true
  /** True if it takes a file, and no JSON. */
  readonly upload?: true
  readonly page?: { readonly default?: number, readonly max?: number }
  /** The query parameters that take certain values only, by name. */
  readonly query?: Readonly<Record<string, { readonly values: readonly string[], readonly isRequired?: true }>>
  readonly answer?: 'array' | 'object'
  /** Of the members that Okta adds itself, those that its answers have. */
  readonly shown?: readonly string[]
}

/** Okta's description of its Management API, as far as it is needed here. */
export interface Description {
  readonly operations: readonly Operation[]
  readonly schemas: Readonly<Record<string, Schema>>
}

let description: Description | undefined

/** The description, read when it is first asked for. */
export function readDescription (): Description {
  return (description ??= JSON.parse(readFileSync(new URL('../../description/operations.json', import.meta.url), 'utf8')) as Description)
}

let byTemplate: Map<string, Operation[]> | undefined

/** The operations of a path, whatever the names of its parameters are. */
export function operationsAt (path: string): readonly Operation[] {
  byTemplate ??= groupByTemplate(readDescription().operations)
  return byTemplate.get(withoutNames(path)) ?? []
}

function groupByTemplate (operations: readonly Operation[]): Map<string, Operation[]> {
  const grouped = new Map<string, Operation[]>()
  for (const operation of operations) {
    const template = withoutNames(operation.path)
    grouped.set(template, [...grouped.get(template) ?? [], operation])
  }
  return grouped
}

/** A path without the names of its parameters: `/zones/{}`. */
export function withoutNames (path: string): string {
  return path.replace(/\{\w+\}/g, '{}')
}
