import { join } from 'node:path';
import process from 'node:process';

import { homeFolder } from '../../engine/index.ts';
import { VERSION } from '../../version.ts';
import type { ProgramContext } from '../context.ts';
import { checkCascade } from '../doctor/checkCascade.ts';
import {
  checkConfig,
  checkDesktop,
  checkHome,
  checkMicrophone,
  checkNetwork,
  checkNode,
  checkPage,
  checkPractice,
  checkProvider,
} from '../doctor/checks.ts';
import type { Finding } from '../doctor/findings.ts';
import { electronExecutable } from '../electronExecutable.ts';
import { startLocalServer } from '../localServer.ts';

/** `parley doctor`: looks at everything a start needs; 1 when something keeps Parley from working. */
export async function runDoctor(
  options: { readonly isJson: boolean },
  { root, io }: ProgramContext,
): Promise<number> {
  const { env } = process;
  const home = homeFolder(env);
  const { finding: configFinding, config } = checkConfig(home, env);
  const provider =
    config === undefined
      ? { findings: [], remote: undefined }
      : await checkProvider(config, home, env);
  const findings: readonly Finding[] = [
    checkNode(process.version),
    await checkHome(home),
    configFinding,
    ...provider.findings,
    ...(provider.remote === undefined ? [] : [await checkNetwork(provider.remote)]),
    ...(config === undefined ? [] : await checkCascade(config, home, env)),
    await checkPractice(() => startLocalServer({})),
    await checkPage(root),
    checkDesktop(electronExecutable(join(root, 'node_modules', 'electron'))),
    checkMicrophone(),
  ];
  const isHealthy = findings.every(({ state }) => state !== 'failed');
  io.stdout.write(
    options.isJson
      ? `${JSON.stringify({ version: VERSION, ok: isHealthy, checks: findings })}\n`
      : report(findings),
  );
  return isHealthy ? 0 : 1;
}

function report(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ name }) => name.length));
  return findings
    .map(({ state, name, detail }) => `${state.padEnd(6)}  ${name.padEnd(width)}  ${detail}\n`)
    .join('');
}
