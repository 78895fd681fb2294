import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

import type { ResolvedPermissions, RestrictedFiles } from '../../permissions/index.ts';
import type { Ran } from './runPrepared.ts';
import type { SandboxUser } from './users.ts';

const BARE: ResolvedPermissions = { files: { kind: 'unrestricted' }, network: 'enabled' };
const PROTECTED = ['.agents', '.codex', '.git', '.parley'];

/** A folder to work in, a home with a secret, and something outside; `$W`, `$H` and `$O` in scripts. */
export class Place implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), 'sandbox-'));
  readonly workspace = join(this.root, 'ws');
  readonly home = join(this.root, 'home');
  readonly outside = join(this.root, 'outside');
  readonly #user: SandboxUser;

  constructor(user: SandboxUser) {
    this.#user = user;
    for (const folder of [this.workspace, this.home, this.outside]) mkdirSync(folder);
    for (const folder of [this.root, this.workspace, this.home, this.outside]) user.own(folder);
    chmodSync(this.root, 0o755);
  }

  /** The whole disk may be read, the workspace written, and the home neither; no network. */
  permissions(more: Partial<RestrictedFiles> = {}): ResolvedPermissions {
    return {
      files: {
        kind: 'restricted',
        entries: [
          { path: '/', access: 'read' },
          { path: this.home, access: 'deny' },
          { path: this.workspace, access: 'write' },
          ...(more.entries ?? []),
        ],
        denyGlobs: more.denyGlobs ?? [],
        ...(more.globScanMaxDepth !== undefined && { globScanMaxDepth: more.globScanMaxDepth }),
        protectedPaths: more.protectedPaths ?? PROTECTED.map((name) => join(this.workspace, name)),
      },
      network: 'restricted',
    };
  }

  /** What this user does without any sandbox, to lay things out; it must succeed. */
  async arrange(script: string): Promise<void> {
    const ran = await this.run(script, BARE);
    if (!('exitCode' in ran) || ran.exitCode !== 0) throw new Error(JSON.stringify(ran));
  }

  /** What a script prints that runs without any sandbox. */
  async look(script: string): Promise<string> {
    const ran = await this.run(script, BARE);
    return 'refused' in ran ? ran.refused : ran.output;
  }

  async run(script: string, permissions = this.permissions(), cwd = this.workspace): Promise<Ran> {
    return this.#user.run({
      home: this.home,
      command: {
        argv: ['/bin/bash', '-c', script],
        cwd,
        env: {
          PATH: process.env['PATH'] ?? '',
          W: this.workspace,
          H: this.home,
          O: this.outside,
        },
      },
      permissions,
    });
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
