type Part = string | false | undefined;

/**
 * Names from one CSS module, joined: `c('turn', live && 'live')`. A name the module does not have is a
 * mistake and throws, because a silent `undefined` class is only found by looking.
 */
export function classesOf(sheet: CSSModuleClasses): (...parts: readonly Part[]) => string {
  return (...parts) =>
    parts
      .filter((part) => part !== false && part !== undefined)
      .map((part) => {
        const name = sheet[part];
        if (name === undefined) throw new Error(`No class "${part}" in this style sheet.`);
        return name;
      })
      .join(' ');
}
