/** What went wrong, in words, and what the user can do about it. */
export type UserError = { readonly message: string; readonly hint: string };
