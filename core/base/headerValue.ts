// oxlint-disable-next-line no-control-regex -- they are what is meant
const UNFIT = /[\u0000-\u0008\u000A-\u001F\u007F]/u;

/** Whether a text can be the value of an HTTP header, once it is encoded: no controls but the tab (RFC 9110 §5.5). */
export const isHeaderValue = (text: string): boolean => !UNFIT.test(text);
