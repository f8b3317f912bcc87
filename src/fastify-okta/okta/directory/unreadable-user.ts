/** Okta answers, but what it says of this one user cannot be used. Says nothing of other users. */
export class UserUnreadableError extends Error {}
