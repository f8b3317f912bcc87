import { AsyncLocalStorage } from 'node:async_hooks'
import { ROOT_CONTEXT, type Context, type ContextManager } from '@opentelemetry/api'

/**
 * The active context of OpenTelemetry, in an `AsyncLocalStorage` that a tracing channel can be bound to. The context manager
 * of @opentelemetry/context-async-hooks keeps its storage private.
 */
export class ActiveContext implements ContextManager {
  readonly storage = new AsyncLocalStorage<Context>()

  active (): Context {
    return this.storage.getStore() ?? ROOT_CONTEXT
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>> (context: Context, fn: F, thisArg?: ThisParameterType<F>, ...args: A): ReturnType<F> {
    return this.storage.run(context, () => fn.call(thisArg, ...args))
  }

  bind<T> (context: Context, target: T): T {
    if (typeof target !== 'function') return target
    return ((...args: unknown[]) => this.with(context, target as never, undefined, ...args)) as T
  }

  enable (): this {
    return this
  }

  disable (): this {
    this.storage.disable()
    return this
  }
}
