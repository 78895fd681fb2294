// Runs at the end of `npm ci`, under whatever `node` npm finds, hence plain JavaScript. npm looks into
// node_modules/.bin first, so that is the devDependency's Node 24; without devDependencies there is
// neither it nor a bundler, and an install for production must not fail for that.
import { existsSync } from 'node:fs';
import process from 'node:process';

const major = Number.parseInt(process.versions.node, 10);
const bundler = new URL('../node_modules/vite/package.json', import.meta.url);

if (!existsSync(bundler)) {
  process.stdout.write('Parley is not built: its development dependencies were left out.\n');
} else if (major >= 24) {
  await import('./buildIfStale.ts');
} else {
  process.stdout.write(
    `Parley is not built: that takes Node 24, and the one among its packages does not run here. Install Node 24 or newer (this is ${process.version}), then run npm ci again.\n`,
  );
}
