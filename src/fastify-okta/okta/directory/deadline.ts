/**
 * The result of some work, or a rejection with this message if it takes longer. The work itself goes on. What has arrived
 * while this process was busy counts as in time.
 */
export async function withDeadline<T> (work: Promise<T>, timeoutMs: number, message: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => { setImmediate(reject, new Error(message)) }, timeoutMs)
  })
  return await Promise.race([work, deadline]).finally(() => { clearTimeout(timer) })
}
