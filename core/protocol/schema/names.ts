/** `fs/readFile` is `FsReadFile`: the name that the types of a row begin with. */
export function typeName(method: string): string {
  return method
    .split('/')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
