/**
 * Passwords that lists of leaked ones begin with, for `dictionary.common.exclude`. Okta's own list is longer, and not public.
 */
const COMMON_PASSWORDS = new Set([
  '000000', '0987654321', '11111', '111111', '1111111', '11111111', '112233', '121212', '123', '123123', '123123123', '123321', '1234', '12341234', '12345', '123456', '1234567',
  '12345678', '123456789', '1234567890', '123456a', '123456abc', '12345qwert', '1234qwer', '123654', '123abc', '123qwe', '131313', '147258369', '159753', '1a2b3c', '1q2w3e', '1q2w3e4r',
  '1q2w3e4r5t', '1qaz2wsx', '222222', '333333', '555555', '654321', '666666', '777777', '7777777', '87654321', '888888', '88888888', '987654321', '999999', 'a123456', 'a1b2c3',
  'aa123456', 'abc123', 'abcd1234', 'abcdef', 'access', 'admin', 'admin123', 'alexander', 'andrew', 'asdf1234', 'asdfgh', 'asdfghjkl', 'ashley', 'azerty', 'bailey', 'baseball', 'batman',
  'changeme', 'charlie', 'chocolate', 'computer', 'daniel', 'default', 'donald', 'dragon', 'flower', 'football', 'freedom', 'google', 'guest', 'hannah', 'harley', 'hello', 'hello123',
  'hunter', 'hunter2', 'iloveyou', 'jennifer', 'jessica', 'jordan', 'joshua', 'killer', 'letmein', 'liverpool', 'login', 'lovely', 'loveme', 'maggie', 'master', 'matthew', 'michael', 'michelle',
  'monkey', 'mustang', 'mypassword', 'nicole', 'ninja', 'p@ssw0rd', 'p@ssword', 'pass', 'pass123', 'passw0rd', 'password', 'password!', 'password01', 'password1', 'password1!', 'password12', 'password123',
  'password1234', 'pepper', 'pokemon', 'princess', 'purple', 'q1w2e3r4', 'qazwsx', 'qwe123', 'qweasdzxc', 'qwer1234', 'qwerty', 'qwerty1', 'qwerty12', 'qwerty123', 'qwertyuiop', 'robert', 'samsung',
  'secret', 'shadow', 'soccer', 'starwars', 'summer', 'sunshine', 'superman', 'test', 'test123', 'test1234', 'thomas', 'tigger', 'trustno1', 'user', 'welcome', 'welcome1', 'welcome123', 'whatever',
  'winter', 'zaq12wsx', 'zxcvbn', 'zxcvbnm'
])

/** True for a password that is common, in any letter case. */
export function isCommonPassword (password: string): boolean {
  return COMMON_PASSWORDS.has(password.toLowerCase())
}
