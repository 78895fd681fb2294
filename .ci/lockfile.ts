import * as z from 'zod';

const Entry = z.looseObject({
  dev: z.boolean().optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
});
const Lockfile = z.looseObject({ packages: z.record(z.string(), Entry) });

const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const PROCESSORS = ['arm64', 'arm', 'ia32', 'ppc64', 'riscv64', 's390x', 'x64'];

type Missing = { readonly name: string; readonly version: string; readonly dev: boolean };

/** Where Node would look for `name` from inside the package at `from`, nearest folder first. */
function placesOf(name: string, from: string): readonly string[] {
  const parts = from.split('node_modules/');
  return parts.map((_, index) => {
    const folder = parts
      .slice(0, parts.length - index)
      .join('node_modules/')
      .replace(/\/?$/, '/');
    return `${folder === '/' ? '' : folder}node_modules/${name}`;
  });
}

function missingEntries(lockfile: z.infer<typeof Lockfile>): readonly Missing[] {
  const { packages } = lockfile;
  return Object.entries(packages).flatMap(([from, entry]) =>
    Object.entries(entry.optionalDependencies ?? {})
      .filter(([name]) => placesOf(name, from).every((place) => !Object.hasOwn(packages, place)))
      .map(([name, version]) => ({ name, version, dev: entry.dev ?? false })),
  );
}

/**
 * Optional packages that a lock file's packages name and the lock file has no entry for, as
 * `name@version`. With one missing, `npm ci` refuses to install on every system.
 */
export function missingOptionalPackages(text: string): readonly string[] {
  return missingEntries(Lockfile.parse(JSON.parse(text))).map(
    ({ name, version }) => `${name}@${version}`,
  );
}

/**
 * Adds the entries of native packages for other systems, which npm leaves out when the registry it wrote
 * the lock file with does not carry them. System and processor are read off the package's name, so that
 * npm passes over those that do not fit. Throws for a package whose name does not tell.
 */
export function completeLockfile(text: string): string {
  const missing = missingEntries(Lockfile.parse(JSON.parse(text)));
  // The schema's own output has its keys in another order, and the file should keep npm's.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the line above parsed it
  const lockfile = JSON.parse(text) as { packages: Record<string, unknown> };
  const packages = { ...lockfile.packages };
  for (const { name, version, dev } of missing) {
    const os = SYSTEMS.find((system) => name.includes(system));
    const cpu = PROCESSORS.find((processor) => name.includes(`-${processor}`));
    if (os === undefined || cpu === undefined) {
      throw new Error(
        `The lock file lacks ${name}, and its name does not tell what system it is for.`,
      );
    }
    const libc = os === 'linux' ? /-(?<libc>gnu|musl)$/.exec(name)?.groups?.['libc'] : undefined;
    packages[`node_modules/${name}`] = {
      version,
      cpu: [cpu],
      ...(dev ? { dev } : {}),
      ...(libc === undefined ? {} : { libc: [libc === 'gnu' ? 'glibc' : libc] }),
      optional: true,
      os: [os],
    };
  }
  const places = Object.keys(packages).toSorted((a, b) => a.localeCompare(b, 'en'));
  const sorted = places.map((place) => [place, packages[place]]);
  return `${JSON.stringify({ ...lockfile, packages: Object.fromEntries(sorted) }, null, 2)}\n`;
}
