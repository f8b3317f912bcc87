/** The scopes of a space-separated parameter, each once. */
export function scopesOf (scope: unknown): string[] {
  return typeof scope === 'string' ? [...new Set(scope.split(' ').filter(Boolean))] : []
}
