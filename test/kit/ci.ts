/** Whether everything is tested, and all that a test needs must be on the machine. */
export const isCi = process.env['CI'] === 'true'

/** For `skip` of a test that only CI needs. The reason says what the test does. */
export function leftToCi (reason: string): string | false {
  return isCi ? false : `left to CI, ${reason}; run it with CI=true`
}

/** How many random cases a property is tried with. */
export function runs (local: number, ci: number): number {
  return isCi ? ci : local
}
