import type { Kernel } from '../kernel/kernel.js'
import type { ClaimSet } from './claims.js'
import { OrgKeys } from './org-keys.js'
import { signJwt } from './sign.js'

/**
 * Signs what the org sends to receivers, with the key of its ID tokens and a `typ`. Signed wrongly, it names that key and is
 * signed with another one, which is not published.
 */
export async function signMessage (
  kernel: Kernel, { typ, claims, isWronglySigned }: { typ: string, claims: ClaimSet, isWronglySigned: boolean }
): Promise<string> {
  const { idTokenKey, accessTokenKey } = await kernel.store(OrgKeys).all()
  return signJwt(claims, isWronglySigned ? { ...accessTokenKey, kid: idTokenKey.kid } : idTokenKey, { typ })
}
