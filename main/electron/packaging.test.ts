import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { beforeAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

// The builder's own reader and validator; neither writes nor downloads anything.
type BuilderConfig = {
  getConfig(folder: string, file: string, options: null): Promise<Record<string, unknown>>;
  validateConfiguration(
    config: Record<string, unknown>,
    log: { readonly isEnabled: false },
  ): Promise<void>;
};
const fromBuilder = createRequire(createRequire(import.meta.url).resolve('electron-builder'));
const builder = fromBuilder('app-builder-lib/out/util/config/config') as BuilderConfig;
const silent = { isEnabled: false } as const;

describe('electron-builder.yml', () => {
  let config: Record<string, unknown>;
  beforeAll(async () => {
    config = await builder.getConfig(root, 'electron-builder.yml', null);
  });

  test('is accepted by the builder itself', async () => {
    await expect(builder.validateConfiguration(config, silent)).resolves.toBeUndefined();
  });

  test('would be refused with a misspelt key', async () => {
    const misspelt = { ...config, electronFuse: {} };
    await expect(builder.validateConfiguration(misspelt, silent)).rejects.toThrow('electronFuse');
  });

  test('packs what package.json starts and what the entry loads', () => {
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      main: string;
    };
    const patterns = JSON.stringify(config['files']);
    for (const folder of ['dist/app', 'dist/main', 'dist/preload']) {
      expect(patterns).toContain(`"${folder}/**"`);
    }
    expect(manifest.main).toBe('dist/main/electron.cjs');
    expect(patterns).toContain('"package.json"');
    expect(patterns).toContain('"main/resources/tray.png"');
  });

  test('names only resources that are there', () => {
    const { entitlements, entitlementsInherit } = config['mac'] as Record<string, string>;
    for (const file of [entitlements, entitlementsInherit, 'main/resources/icon.png']) {
      expect(existsSync(join(root, String(file)))).toBe(true);
    }
    expect(existsSync(join(root, 'main/resources/tray.png'))).toBe(true);
  });

  test('keeps the fuses that would let others run code as Parley off', () => {
    expect(config['electronFuses']).toMatchObject({
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      onlyLoadAppFromAsar: true,
      enableEmbeddedAsarIntegrityValidation: true,
      grantFileProtocolExtraPrivileges: false,
    });
  });

  test('lets the microphone through on macOS, in the app and in its helpers', () => {
    for (const name of ['entitlements.mac.plist', 'entitlements.mac.inherit.plist']) {
      const plist = readFileSync(join(root, 'main/resources', name), 'utf8');
      expect(plist).toContain('com.apple.security.device.audio-input');
    }
    expect(config['mac']).toMatchObject({
      extendInfo: { NSMicrophoneUsageDescription: expect.stringMatching(/\w/u) as string },
    });
  });
});
