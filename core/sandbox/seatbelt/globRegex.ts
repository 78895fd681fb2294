/** A pattern as a regular expression of Seatbelt, for what matches and all below. */
export function globRegex(glob: string): string {
  let regex = '';
  for (let at = 0; at < glob.length; at += 1) {
    const rest = glob.slice(at);
    const group = /^\[(?<not>!?)(?<letters>[^\]/]+)\]/u.exec(rest);
    if (rest.startsWith('**/')) {
      regex += '(.*/)?';
      at += 2;
    } else if (rest.startsWith('**')) {
      regex += '.*';
      at += 1;
    } else if (group !== null) {
      const { not = '', letters = '' } = group.groups ?? {};
      regex += `[${not === '' ? '' : '^'}${letters.replaceAll(/[\\^]/gu, String.raw`\$&`)}]`;
      at += group[0].length - 1;
    } else if (rest.startsWith('*')) regex += '[^/]*';
    else if (rest.startsWith('?')) regex += '[^/]';
    else if (rest.startsWith('\\') && rest.length > 1) {
      regex += escaped(rest.charAt(1));
      at += 1;
    } else regex += escaped(rest.charAt(0));
  }
  return `^${regex}(/.*)?$`;
}

/** A quote would end the expression in the policy. */
const escaped = (letter: string): string =>
  letter === '"' ? '.' : letter.replaceAll(/[\\^$.|?*+()[\]{}]/gu, String.raw`\$&`);
