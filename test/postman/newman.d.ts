/** What is used of newman, which has no types of its own. */
declare module 'newman' {
  export interface Failure {
    readonly error: { readonly name: string, readonly test?: string, readonly message: string }
    readonly source?: { readonly name?: string }
  }

  export interface Execution {
    readonly item: { readonly name: string }
    readonly request: { readonly method: string, readonly url: { getPath (): string } }
    readonly response?: { readonly code: number }
    readonly assertions?: ReadonlyArray<{ readonly assertion: string }>
  }

  export interface Summary {
    readonly run: { readonly failures: readonly Failure[], readonly executions: readonly Execution[] }
  }

  export interface RunOptions {
    collection: string
    environment: string
    envVar?: Array<{ key: string, value: string }>
    timeoutRequest?: number
  }

  const newman: { run (options: RunOptions, done: (error: Error | null, summary: Summary) => void): unknown }
  export default newman
}
