type Calls = Readonly<Record<string, (argument: never) => unknown>>

interface Call {
  readonly id: number
  readonly name: string
  readonly argument: never
}

/** In a child process: answers the parent's calls, and says that it is ready. Ends with its parent. */
export function answerCalls (calls: Calls): void {
  process.on('message', ({ id, name, argument }: Call) => {
    Promise.resolve().then(() => calls[name]?.(argument)).then(
      result => { process.send?.({ id, result }) },
      (error: unknown) => { process.send?.({ id, error: error instanceof Error ? error.stack ?? error.message : String(error) }) }
    )
  })
  process.on('disconnect', () => { process.exit() })
  process.send?.({ id: 0 })
}
