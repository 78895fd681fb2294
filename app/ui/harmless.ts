/** Controls, and marks that turn the direction of text or cannot be seen: by them one command can look like another. */
const DECEIVING =
  // oxlint-disable-next-line no-control-regex -- they are looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/gu;

/** Text of a program or a model as it may be shown where people decide by it: what hides in it is seen. */
export function harmless(text: string): string {
  return text.replaceAll(DECEIVING, (mark) => {
    const code = mark.codePointAt(0) ?? 0;
    return `\\u${code.toString(16).padStart(4, '0')}`;
  });
}
