import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';

import { CommandError, type EngineArgs, type SocketAuthFlags } from '../engine/index.ts';
import { VERSION } from '../version.ts';
import type { ProgramContext } from './context.ts';

type TalkFlags = {
  output?: string;
  transport: string;
  text?: boolean;
  json?: boolean;
  prompt?: string;
};
type OpenFlags = { browser?: boolean; port?: number; open: boolean };
type ListenFlags = SocketAuthFlags & { listen?: string; port?: number; stdio?: boolean };
type EngineFlags = {
  profile?: string;
  config?: string[];
  enable?: string[];
  disable?: string[];
  join?: boolean;
};

/** What the protocol can be printed as, for programs that speak it. */
const GENERATED = [
  {
    name: 'generate-json-schema',
    does: 'write the protocol as JSON Schema',
    kind: 'jsonSchema',
  },
  { name: 'generate-ts', does: 'write the protocol as TypeScript types', kind: 'typescript' },
] as const;

/**
 * Reads the arguments, runs the command and resolves to its exit code. Throws a `CommandError` with
 * one sentence for arguments that make no sense. Each command's code is loaded when it is run.
 */
export async function runProgram(
  args: readonly string[],
  context: ProgramContext,
): Promise<number> {
  let exitCode = 0;
  const finish = (code: number): void => {
    exitCode = code;
  };
  const program = buildProgram(context, finish);
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help and version come as errors too; they have been printed and are a success.
    if (error.exitCode === 0) return 0;
    throw new CommandError(sentence(error.message), 2, { cause: error });
  }
  return exitCode;
}

function buildProgram(context: ProgramContext, finish: (code: number) => void): Command {
  const { io } = context;
  const program = new Command('parley')
    .description('A voice assistant with a working agent behind the voice.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      // Told once, by whoever catches the error.
      writeErr: () => undefined,
    })
    .exitOverride();

  program
    .command('open', { isDefault: true })
    .description('open the assistant: the desktop app, else a page in the browser')
    .option('--browser', 'use the browser even where the desktop app would run')
    .option(
      '--port <n>',
      'port of the page in the browser; the one of the last start unless told',
      readPort,
    )
    .option('--no-open', 'only serve the page and print its address')
    .argument('[unexpected...]')
    .usage('[options]')
    .action(async (unexpected: string[], { browser = false, port, open }: OpenFlags) => {
      const [word] = unexpected;
      if (word !== undefined) {
        throw new CommandError(`There is no command "${word}"; see parley --help.`, 2);
      }
      const { runOpen } = await import('./commands/open.ts');
      finish(await runOpen({ isBrowserWanted: browser, port, isShown: open }, context));
    });

  engineOptions(program.command('serve'))
    .description('serve the page on this machine and print its address')
    .option(
      '--port <n>',
      'port to listen on; 0 takes any free one (default: the one of the last start)',
      readPort,
    )
    .action(async (flags: EngineFlags & { port?: number }) => {
      const { runServe } = await import('./commands/serve.ts');
      finish(await runServe({ ...engineArgs(flags), port: flags.port }, context));
    });

  const appServer = engineOptions(program.command('app-server'))
    .description('the engine alone, for editors and other clients (JSON-RPC)')
    .option(
      '--listen <url>',
      'stdio://, unix://, unix://PATH, ws://IP:PORT or off (default: stdio://)',
    )
    .option('--port <n>', 'the same as --listen ws://127.0.0.1:N', readPort)
    .option('--stdio', 'the same as --listen stdio://')
    .option('--ws-auth <mode>', 'who may connect: capability-token or signed-bearer-token')
    .option('--ws-token-file <path>', 'file with the token; made where there is none')
    .option('--ws-token-sha256 <hex>', 'SHA-256 of the token, instead of the file')
    .option('--ws-shared-secret-file <path>', 'file with the secret that tokens are signed with')
    .option('--ws-issuer <issuer>', 'who has to have issued a signed token')
    .option('--ws-audience <audience>', 'whom a signed token has to be for')
    .option('--ws-max-clock-skew-seconds <n>', 'how far the clocks may be apart')
    .action(async (flags: EngineFlags & ListenFlags) => {
      const { runAppServer } = await import('./commands/appServer.ts');
      const {
        config,
        enable,
        disable,
        join = true,
        listen: url,
        port,
        stdio,
        ...socketAuth
      } = flags;
      const listen = listenUrl({ url, port, stdio });
      const args = engineArgs({
        ...(config !== undefined && { config }),
        ...(enable !== undefined && { enable }),
        ...(disable !== undefined && { disable }),
        join,
      });
      finish(await runAppServer({ ...args, listen, socketAuth }, context));
    });

  for (const { name, does, kind } of GENERATED) {
    appServer
      .command(name)
      .description(does)
      .requiredOption('-o, --out <folder>', 'where to write it; made where there is none')
      .option('--experimental', 'with the methods and fields that need experimentalApi')
      .action(async ({ out, experimental = false }: { out: string; experimental?: boolean }) => {
        const { runGenerate } = await import('./commands/generate.ts');
        finish(await runGenerate({ kind, folder: out, isExperimental: experimental }, context));
      });
  }

  engineOptions(program.command('exec'))
    .description('one text turn: prints the answer')
    .argument('<prompt>', 'what to do; - reads it from standard input')
    .option('--json', 'print every event as a line of JSON instead of the answer')
    .option('-m, --model <model>', 'model to use for this turn')
    .option('-C, --cd <folder>', 'folder to work in')
    .action(
      async (
        prompt: string,
        flags: EngineFlags & { json?: boolean; model?: string; cd?: string },
      ) => {
        const { runExec } = await import('./commands/exec.ts');
        const { json: isJson = false, model, cd } = flags;
        finish(await runExec({ ...engineArgs(flags), prompt, isJson, model, cd }, context));
      },
    );

  engineOptions(program.command('talk'))
    .description('one spoken exchange: plays a WAV file to the assistant and keeps its answer')
    .argument('<in.wav>', 'what to say')
    .option('-o, --output <out.wav>', 'where to write the spoken answer')
    .option('--transport <wire>', 'websocket or webrtc', 'websocket')
    .option('--text', 'ask for a written answer instead of a spoken one')
    .option('--json', 'print every event as a line of JSON')
    .option('--prompt <text>', 'instructions for the voice in place of the configured ones')
    .action(async (inputPath: string, flags: EngineFlags & TalkFlags) => {
      const { runTalkCommand } = await import('./commands/talk.ts');
      finish(await runTalkCommand({ ...engineArgs(flags), ...flags, inputPath }, context));
    });

  program
    .command('practice-repo')
    .description('make a small repository with a failing test, for the agent to fix')
    .argument('[folder]', 'where; empty, or not there yet', 'parley-practice')
    .action(async (folder: string) => {
      const { runPracticeRepo } = await import('./commands/practiceRepo.ts');
      finish(await runPracticeRepo(folder, context));
    });

  program
    .command('realtime-server')
    .description('the built-in Realtime and Responses server alone, for tests of any client')
    .option('--port <n>', 'port to listen on; 0 takes any free one', readPort, 0)
    .option('--script <file>', 'JSON file that says how the models answer')
    .option(
      '--api-key-file <file>',
      'demand the bearer key in this file of every client; or set PARLEY_SERVER_KEY',
    )
    .addOption(new Option('--api-key <key>').hideHelp())
    .option('--tls', 'serve https and wss, with a certificate made for this machine unless given')
    .option('--tls-key <file>', 'private key in PEM form, for --tls')
    .option('--tls-cert <file>', 'certificate in PEM form, for --tls')
    .action(
      async (flags: {
        port: number;
        script?: string;
        apiKey?: string;
        apiKeyFile?: string;
        tls?: boolean;
        tlsKey?: string;
        tlsCert?: string;
      }) => {
        const { runRealtimeServer } = await import('./commands/realtimeServer.ts');
        finish(await runRealtimeServer(flags, context));
      },
    );

  program
    .command('doctor')
    .description('check this installation; prints no secrets')
    .option('--json', 'print the result as JSON')
    .action(async ({ json = false }: { json?: boolean }) => {
      const { runDoctor } = await import('./commands/doctor.ts');
      finish(await runDoctor({ isJson: json }, context));
    });

  return program;
}

const collect = (value: string, previous: string[] | undefined): string[] => [
  ...(previous ?? []),
  value,
];

function engineOptions(command: Command): Command {
  return command
    .option('-p, --profile <name>', 'use a profile of the settings for this run')
    .option('-c, --config <key=value>', 'set a configuration key for this run', collect)
    .option('--enable <feature>', 'turn a feature on for this run', collect)
    .option('--disable <feature>', 'turn a feature off for this run', collect)
    .option('--no-join', 'an engine of its own, also where Parley runs already');
}

function engineArgs({
  profile,
  config = [],
  enable = [],
  disable = [],
  join = true,
}: EngineFlags): EngineArgs {
  // Before the others, so that a profile named there as well is the one.
  const chosen = profile === undefined ? [] : [`profile=${JSON.stringify(profile)}`];
  return { configOverrides: [...chosen, ...config], enable, disable, join };
}

function listenUrl({
  url,
  port,
  stdio,
}: {
  readonly url: string | undefined;
  readonly port: number | undefined;
  readonly stdio: boolean | undefined;
}): string {
  if (port === undefined) return stdio === true ? 'stdio://' : (url ?? 'stdio://');
  if (url !== undefined || stdio !== undefined) {
    throw new CommandError('--port is --listen ws://127.0.0.1:PORT; use one of them.', 2);
  }
  return `ws://127.0.0.1:${port}`;
}

function readPort(value: string): number {
  const port = /^\d{1,5}$/u.test(value) ? Number(value) : Number.NaN;
  if (!(port <= 65_535)) throw new InvalidArgumentError('A port is a number from 0 to 65535.');
  return port;
}

/** Commander's words as a sentence of ours. */
function sentence(message: string): string {
  const words = message.replace(/^error: /u, '').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
