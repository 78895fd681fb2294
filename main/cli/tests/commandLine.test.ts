import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempDisposable, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';

import { beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';

import { buildIfStale, LAUNCHER } from '../../testing/index.ts';

beforeAll(buildIfStale, 120_000);

/** What this suite looks at of a message on stdio. */
type Message = {
  readonly id?: number;
  readonly method?: string;
  readonly result?: { readonly thread?: { readonly id: string } };
  readonly params?: { readonly turn?: unknown };
};

async function withHome<T>(run: (home: string) => Promise<T>): Promise<T> {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'parley-cli-'));
  // Awaited here, because the folder goes when this function ends.
  return await run(folder.path);
}

function start(home: string, args: readonly string[], env: Record<string, string> = {}) {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [LAUNCHER, ...args], {
    env: { PATH, HOME: home, PARLEY_HOME: home, ...env },
  });
  return {
    child,
    stdout: text(child.stdout),
    stderr: text(child.stderr),
    exit: once(child, 'exit'),
  };
}

async function parley(args: readonly string[], input = '') {
  return withHome(async (home) => {
    const { child, stdout, stderr, exit } = start(home, args);
    child.stdin.end(input);
    const [code] = (await exit) as [number];
    return { code, stdout: await stdout, stderr: await stderr };
  });
}

/** The status that an upgrade with these headers is refused with; 101 when it is let in. */
async function knock(url: string, headers: Record<string, string> = {}): Promise<number> {
  const socket = new WebSocket(url, { headers });
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  socket.once('open', () => {
    resolve(101);
    socket.terminate();
  });
  socket.once('unexpected-response', (request, { statusCode }) => {
    resolve(statusCode ?? 0);
    request.destroy();
  });
  socket.on('error', reject);
  return promise;
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

describe.concurrent('the command line', () => {
  test('tells its version and explains itself', async () => {
    const version = await parley(['--version']);
    expect(version).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/u) as string,
      stderr: '',
    });
    const help = await parley(['--help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    for (const command of ['open', 'serve', 'app-server', 'exec', 'realtime-server', 'doctor']) {
      expect(help.stdout).toContain(`  ${command} `);
    }
  });

  test.skipIf(process.platform === 'win32').for([
    ['--api-key-file', ['--api-key-file', 'pipe']],
    ['--script', ['--script', 'pipe']],
    ['--tls-key', ['--tls-key', 'pipe', '--tls-cert', 'pipe']],
  ] as const)('a pipe in the place of %s is refused, not waited for', ([, flags]) =>
    withHome(async (home) => {
      const pipe = join(home, 'pipe');
      expect(spawnSync('mkfifo', [pipe]).status).toBe(0);
      const args = flags.map((word) => (word === 'pipe' ? pipe : word));
      const { stderr, exit } = start(home, ['realtime-server', ...args]);
      expect(await stderr).toBe(`parley: ${pipe} cannot be read: it is no ordinary file.\n`);
      expect(await exit).toEqual([2, null]);
    }),
  );

  test.runIf(process.platform === 'linux').for([
    ['app-server', 0, /^$/u],
    [
      'exec',
      1,
      /^parley: The installation id \/proc\/none\/installation_id cannot be used: ENOENT/u,
    ],
  ] as const)(
    'a home that cannot be made does not hold up the end of %s',
    ([name, status, words], { onTestFinished }) =>
      withHome(async (home) => {
        const args = name === 'exec' ? [name, 'hi'] : [name];
        const { child, stderr, exit } = start(home, args, { PARLEY_HOME: '/proc/none' });
        onTestFinished(() => void child.kill('SIGKILL'));
        child.stdin.end();
        expect(await exit).toEqual([status, null]);
        expect(await stderr).toMatch(words);
      }),
  );

  test.for([
    [['nonsense'], /^parley: There is no command "nonsense"/u],
    [['serve', '--nonsense'], /^parley: Unknown option '--nonsense'/u],
    [['serve', '--port', '70000'], /^parley: .*0 to 65535/u],
    [['exec'], /^parley: Missing required argument 'prompt'/u],
    [['exec', '   '], /^parley: The prompt is empty/u],
    [['exec', 'hi', '--cd', '/no/such/folder'], /^parley: There is no folder \/no\/such\/folder/u],
    [['app-server', '--listen', 'http://x'], /^parley: Cannot listen on "http:\/\/x"/u],
    [
      ['app-server', '--port', '0', '--listen', 'stdio://'],
      /^parley: --port is --listen ws:\/\/127\.0\.0\.1:PORT; use one/u,
    ],
    [['app-server', '--nonsense'], /^parley: Unknown option '--nonsense'/u],
    [
      ['app-server', '--listen', 'ws://0.0.0.0:0'],
      /^parley: Others than this machine .*--ws-auth/u,
    ],
    [['app-server', '--listen', 'ws://[::]:0'], /^parley: Others than this machine .*--ws-auth/u],
    [
      ['app-server', '--listen', 'ws://127.0.0.1:0', '--ws-auth', 'magic'],
      /^parley: --ws-auth is .*not "magic"/u,
    ],
    [['realtime-server', '--script', '/no/such.json'], /^parley: \/no\/such\.json cannot be read/u],
    [
      ['realtime-server', '--api-key', 'secret'],
      /^parley: A key among the arguments .*--api-key-file, or set PARLEY_SERVER_KEY\.$/mu,
    ],
    [['realtime-server', '--api-key-file', '/no/key'], /^parley: \/no\/key cannot be read/u],
    [['realtime-server', '--tls-key', '/k'], /^parley: A certificate needs both/u],
    [
      ['realtime-server', '--tls-key', '/dev/null', '--tls-cert', '/dev/null'],
      /^parley: \/dev\/null cannot be read: it is no ordinary file/u,
    ],
  ] as const)('refuses %o with one line and code 2', async ([args, words]) => {
    const { code, stdout, stderr } = await parley(args);

    expect(stderr).toMatch(words);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  test('runs a text turn and prints the answer', async () => {
    const { code, stdout, stderr } = await parley(['exec', '-'], 'What is 3 + 4?');

    expect(stdout).toContain('7');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  test.for([
    [['-c', 'nonsense=1'], /^parley: .*nonsense/u],
    [['-c', 'model=3'], /^parley: .*model/u],
    [
      ['-p', 'slow'],
      /^parley: .*There is no profile "slow"; write a table \[profiles\.slow\] in /u,
    ],
    [['-p', 'a"b'], /^parley: .*There is no profile "a\\"b"/u],
  ] as const)('takes a doubtful configuration for a mistake: %o', async ([args, words]) => {
    const { code, stdout, stderr } = await parley(['exec', 'hi', ...args]);

    expect(stderr).toMatch(words);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  test.for([
    [
      'says where a settings file is faulty',
      'model = "x"\nmodel_verbosity = "loud"\n',
      { code: 2, hasAnswer: false },
      ':2:19: model_verbosity must be one of "low", "medium", "high", not "loud".\n',
    ],
    [
      'goes on where a provider is faulty that nobody uses',
      '[model_providers.spare]\nbase_url = 1\n',
      { code: 0, hasAnswer: true },
      ':2:12: model_providers.spare.base_url must be a string, not a whole number. Until then provider spare cannot be used.\n',
    ],
  ] as const)('exec %s', async ([, settings, end, words]) => {
    await withHome(async (home) => {
      const file = join(home, 'config.toml');
      await writeFile(file, settings);
      const { child, stdout, stderr, exit } = start(home, ['exec', 'What is 3 + 4?']);
      child.stdin.end();
      const [code] = (await exit) as [number];

      expect({ code, hasAnswer: (await stdout).includes('7') }).toEqual(end);
      expect(await stderr).toBe(`parley: ${file}${words}`);
    });
  });

  test('ends with 1 and the reason when the turn fails', async () => {
    const { code, stderr } = await parley(['exec', 'fail']);

    expect(code).toBe(1);
    expect(stderr).toMatch(/^parley: .+\n$/u);
  });

  test('answers initialize on stdio', () =>
    withHome(async (home) => {
      const { child, exit } = start(home, ['app-server']);
      const params = { clientInfo: { name: 'test', title: null, version: '1.0.0' } };
      child.stdin.write(`${JSON.stringify({ id: 'a', method: 'initialize', params })}\n`);
      const [data] = (await once(child.stdout, 'data')) as [Buffer];
      child.kill('SIGTERM');
      await exit;

      expect(JSON.parse(data.toString())).toMatchObject({
        id: 'a',
        result: { codexHome: home, userAgent: expect.stringMatching(/^test\/\d/u) as string },
      });
    }));

  test.for(['SIGTERM', 'SIGHUP'] as const)('app-server ends in order at %s', async (signal) => {
    await withHome(async (home) => {
      const { child, exit } = start(home, ['app-server']);
      const params = { clientInfo: { name: 'test', title: null, version: '1.0.0' } };
      child.stdin.write(`${JSON.stringify({ id: 'a', method: 'initialize', params })}\n`);
      await once(child.stdout, 'data');
      child.kill(signal);

      expect(await exit).toEqual([0, null]);
    });
  });

  test.for(['SIGTERM', 'SIGHUP'] as const)(
    'app-server that listens ends in order at %s',
    async (signal) => {
      await withHome(async (home) => {
        const { child, exit } = start(home, ['app-server', '--port', '0']);
        await once(child.stderr, 'data');
        child.kill(signal);

        expect(await exit).toEqual([0, null]);
      });
    },
  );

  test('app-server holds a conversation over stdio, one request after the other', async () => {
    await withHome(async (home) => {
      const { child, exit } = start(home, ['app-server']);
      const messages = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      const until = async (isWanted: (message: Message) => boolean): Promise<Message> => {
        for (;;) {
          const { value, done } = await messages.next();
          if (done === true) throw new Error('the server ended');
          const message = JSON.parse(value) as Message;
          if (isWanted(message)) return message;
        }
      };
      const ask = async (id: number, method: string, params: object): Promise<Message> => {
        child.stdin.write(`${JSON.stringify({ id, method, params })}\n`);
        return until((message) => message.id === id);
      };

      await ask(1, 'initialize', { clientInfo: { name: 'editor', version: '1' } });
      const { result } = await ask(2, 'thread/start', {});
      const threadId = result?.thread?.id;
      await ask(3, 'turn/start', { threadId, input: [{ type: 'text', text: 'what is 6 * 7?' }] });
      const ended = await until(({ method }) => method === 'turn/completed');

      expect(ended.params?.turn).toMatchObject({ status: 'completed' });
      expect(JSON.stringify(ended.params)).toContain('**42**');
      child.stdin.end();
      expect(await exit).toEqual([0, null]);
    });
  });

  test('ends with 0 when the input of app-server ends before a word', async () => {
    expect(await parley(['app-server'])).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test('app-server ends with 1 and the reason when nobody reads what it says', () =>
    withHome(async (home) => {
      const { PATH = '' } = process.env;
      const child = spawn(process.execPath, [LAUNCHER, 'app-server'], {
        env: { PATH, HOME: home, PARLEY_HOME: home },
      });
      const stderr = text(child.stderr);
      const exit = once(child, 'exit');
      child.stdin.on('error', () => undefined);
      // A method that nobody knows comes back in the refusal, so what is asked is about what is answered.
      const method = 'x'.repeat(1024 * 1024);
      for (let id = 1; id <= 48; id += 1) child.stdin.write(`${JSON.stringify({ id, method })}\n`);
      const [code] = (await exit) as [number];

      expect({ code, stderr: await stderr }).toEqual({
        code: 1,
        stderr: expect.stringMatching(
          /^parley: More than 32 MiB were left unread\..*\n$/u,
        ) as string,
      });
    }));

  test('app-server --port lets programs of this computer in', () =>
    withHome(async (home) => {
      const { child, exit } = start(home, ['app-server', '--port', '0']);
      const [said] = (await once(child.stderr, 'data')) as [Buffer];
      const url = /^listening on: (ws:\/\/127\.0\.0\.1:\d+)\n$/u.exec(said.toString())?.[1];

      expect(await knock(url ?? '')).toBe(101);
      child.kill('SIGTERM');
      expect(await exit).toEqual([0, null]);
    }));

  test('app-server makes the token it asks for, and lets in nobody who does not show it', () =>
    withHome(async (home) => {
      const file = join(home, 'parley.token');
      const listen = ['app-server', '--listen', 'ws://0.0.0.0:0'];
      const auth = ['--ws-auth', 'capability-token', '--ws-token-file', file];
      const { child, stderr, exit } = start(home, [...listen, ...auth]);
      const [said] = (await once(child.stderr, 'data')) as [Buffer];
      const port = /^listening on: ws:\/\/0\.0\.0\.0:(\d+)\n$/u.exec(said.toString())?.[1];
      const url = `ws://127.0.0.1:${port}`;
      const token = (await readFile(file, 'utf8')).trim();
      const { mode } = await stat(file);

      expect(mode & 0o777).toBe(0o600);
      expect(await knock(url)).toBe(401);
      expect(await knock(url, { Authorization: 'Bearer wrong' })).toBe(401);
      expect(await knock(url, { Authorization: `Bearer ${token}` })).toBe(101);
      child.kill('SIGTERM');
      expect(await exit).toEqual([0, null]);
      expect(await stderr).not.toContain(token);
    }));

  test.for([
    ['app-server'],
    ['serve'],
    ['exec', 'hi'],
    ['doctor'],
    ['app-server', '--listen=ws://127.0.0.1:0'],
  ])('tells a user who has no home folder what to do, in one line: %o', async (args) => {
    const { child, stdout, stderr, exit } = start('/', args, { HOME: '', PARLEY_HOME: '' });
    const params = { clientInfo: { name: 'test', title: null, version: '1.0.0' } };
    child.stdin.on('error', () => undefined);
    child.stdin.write(`${JSON.stringify({ id: 1, method: 'initialize', params })}\n`);

    const [code] = (await exit) as [number];
    expect({ code, stdout: await stdout, stderr: await stderr }).toEqual({
      code: args[0] === 'exec' ? 2 : 1,
      stdout: '',
      stderr: expect.stringMatching(
        /^parley: This user has no home folder; set PARLEY_HOME .*\n$/u,
      ) as string,
    });
  });

  test('realtime-server --tls makes its certificate and says how to trust it', () =>
    withHome(async (home) => {
      const { child, stdout, exit } = start(home, ['realtime-server', '--tls']);
      let said = '';
      while (!said.includes('is ready')) {
        const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
        said += chunk.toString();
      }
      const url = /ready: (https:\/\/127\.0\.0\.1:\d+\/v1)\n$/u.exec(said)?.[1] ?? '';
      const certificate = /NODE_EXTRA_CA_CERTS=(\S+)$/mu.exec(said)?.[1] ?? '';
      const { PATH = '' } = process.env;
      const client = spawn(
        process.execPath,
        ['-p', `fetch('${url}/models').then((r) => console.log(r.status)), ''`],
        {
          env: { PATH, NODE_EXTRA_CA_CERTS: certificate },
        },
      );
      const [answer] = await Promise.all([text(client.stdout), once(client, 'exit')]);
      child.kill('SIGTERM');
      await exit;

      expect(certificate).toBe(join(home, 'tls', 'server-cert.pem'));
      expect(answer).toContain('200');
      expect(await stdout).toContain('wss://127.0.0.1');
    }));

  test('says in one line that the port is in use', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    const { port } = blocker.address() as { port: number };
    try {
      const { code, stderr } = await parley(['realtime-server', '--port', String(port)]);

      expect(code).toBe(1);
      expect(stderr).toMatch(new RegExp(`^parley: .*${port}.*\\n$`, 'u'));
    } finally {
      blocker.close();
    }
  });

  test('a key and a certificate that are empty are refused, as nobody could come in', () =>
    withHome(async (home) => {
      const file = join(home, 'empty.pem');
      await writeFile(file, '\n');
      const flags = ['--tls-key', file, '--tls-cert', file];
      const { stderr, exit } = start(home, ['realtime-server', ...flags]);

      expect(await stderr).toBe(`parley: ${file} is empty.\n`);
      expect(await exit).toEqual([2, null]);
    }));

  test('names the wrong place in a script file', () =>
    withHome(async (home) => {
      const file = join(home, 'script.json');
      await writeFile(file, '\uFEFF{"realtime":{"rules":[{"then":[{"shout":"x"}]}]}}');
      const { code, stderr } = await parley(['realtime-server', '--script', file]);

      expect(code).toBe(2);
      expect(stderr).toContain(`${file} is not a script at realtime.rules.0.then.0`);
    }));

  test('serves the realtime API until Ctrl-C and ends with 0', () =>
    withHome(async (home) => {
      const { child, stdout, exit } = start(home, ['realtime-server']);
      await once(child.stdout, 'data');
      child.kill('SIGINT');

      expect(await exit).toEqual([0, null]);
      const lines = (await stdout).trimEnd().split('\n');
      expect(lines[1]).toMatch(/^Responses API: http:\/\/127\.0\.0\.1:\d+\/v1\/responses$/u);
      expect(lines[0]).toMatch(/^Realtime API: ws:\/\/127\.0\.0\.1:\d+\/v1\/realtime$/u);
      expect(lines.at(-1)).toMatch(/ is ready: http:\/\/127\.0\.0\.1:\d+\/v1$/u);
    }));

  test.for([
    ['by a file', ['--api-key-file', 'key'], {}],
    ['by its environment', [], { PARLEY_SERVER_KEY: 'secret' }],
  ] as const)('lets nobody in without the key that it was given %s', ([, args, env]) =>
    withHome(async (home) => {
      await writeFile(join(home, 'key'), 'secret\n');
      const flags = args.map((arg) => (arg === 'key' ? join(home, arg) : arg));
      const { child, exit } = start(home, ['realtime-server', ...flags], env);
      const [said] = (await once(child.stdout, 'data')) as [Buffer];
      const url = /Realtime API: (\S+)/u.exec(said.toString())?.[1] ?? '';

      expect(await knock(`${url}?model=any`)).toBe(401);
      expect(await knock(`${url}?model=any`, { Authorization: 'Bearer secret' })).toBe(101);
      child.kill('SIGTERM');
      await exit;
    }),
  );

  test.for([
    [200, 'ok', /^present and accepted$/u],
    [401, 'failed', /refuses it \(status 401\).* put the right one into MINE_KEY$/u],
    [307, 'note', /could not be tried: .* status 307$/u],
    [404, 'note', /could not be tried: .* status 404$/u],
  ] as const)(
    'doctor tries the key once, at the configured address alone: status %i',
    async ([status, state, detail]) => {
      const seen: unknown[] = [];
      const elsewhere = createHttpServer((request, response) => {
        seen.push(`elsewhere: ${request.url}`);
        response.end();
      }).listen(0, '127.0.0.1');
      const provider = createHttpServer(({ method, url, headers }, response) => {
        seen.push({ method, url, authorization: headers.authorization });
        const other = `http://127.0.0.1:${portOf(elsewhere)}/`;
        response.writeHead(status, status === 307 ? { location: other } : {}).end('{"data":[]}');
      }).listen(0, '127.0.0.1');
      await Promise.all([once(elsewhere, 'listening'), once(provider, 'listening')]);
      await withHome(async (home) => {
        await writeFile(
          join(home, 'config.toml'),
          `model_provider = "mine"\n[model_providers.mine]\nenv_key = "MINE_KEY"\n` +
            `base_url = "http://127.0.0.1:${portOf(provider)}/v1"\nquery_params = { v = "2" }\n`,
        );
        const { child, stdout, exit } = start(home, ['doctor', '--json'], { MINE_KEY: 'sk-mine' });
        child.stdin.end();
        await exit;
        const report = JSON.parse(await stdout) as { checks: { name: string; state: string }[] };

        expect(report.checks.find(({ name }) => name === 'Key')).toEqual({
          name: 'Key',
          state,
          detail: expect.stringMatching(detail) as string,
        });
        expect(seen).toEqual([
          { method: 'GET', url: '/v1/models?v=2', authorization: 'Bearer sk-mine' },
        ]);
      });
      elsewhere.close();
      provider.close();
    },
  );

  test('doctor tells of models in use that end soon, by the provider’s own list', async () => {
    const soon = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
    const provider = createHttpServer((_request, response) => {
      response.end(JSON.stringify({ data: [{ id: 'old-text', shutdown_date: soon }] }));
    }).listen(0, '127.0.0.1');
    await once(provider, 'listening');
    await withHome(async (home) => {
      await writeFile(
        join(home, 'config.toml'),
        `model = "old-text"\nmodel_provider = "mine"\n[model_providers.mine]\nenv_key = "MINE_KEY"\n` +
          `base_url = "http://127.0.0.1:${portOf(provider)}/v1"\n`,
      );
      const { child, stdout, exit } = start(home, ['doctor', '--json'], { MINE_KEY: 'sk-mine' });
      child.stdin.end();
      await exit;
      const report = JSON.parse(await stdout) as { checks: { name: string }[] };

      expect(report.checks.filter(({ name }) => name === 'Model')).toEqual([
        {
          name: 'Model',
          state: 'note',
          detail: expect.stringMatching(
            /^old-text ends on .*; set model to another model\.$/u,
          ) as string,
        },
      ]);
    });
    provider.close();
  });

  test('examines itself without telling a secret', () =>
    withHome(async (home) => {
      const secret = 'sk-very-secret';
      await writeFile(
        join(home, 'config.toml'),
        [
          'model_provider = "mine"',
          '[model_providers.mine]',
          'name = "Mine"',
          'base_url = "http://127.0.0.1:9/v1"',
          'env_key = "MINE_KEY"',
          '',
        ].join('\n'),
      );
      const { child, stdout, stderr, exit } = start(home, ['doctor', '--json'], {
        MINE_KEY: secret,
      });
      child.stdin.end();
      await exit;
      const report = JSON.parse(await stdout) as { checks: { name: string; state: string }[] };
      const state = (name: string) => report.checks.find((check) => check.name === name)?.state;

      expect(state('Provider')).toBe('ok');
      // Nobody is there to try it with.
      expect(state('Key')).toBe('note');
      expect(state('Network')).toBe('failed');
      expect(state('Practice')).toBe('ok');
      expect((await stdout) + (await stderr)).not.toContain(secret);
    }));
});

describe('the protocol for other programs', () => {
  test.each([
    ['generate-json-schema', 'ClientRequest.json', '"thread/start"'],
    ['generate-ts', 'index.ts', 'export type ThreadStartParams'],
  ])('app-server %s writes %s to a folder that is not there yet', async (name, file, words) => {
    await withHome(async (home) => {
      const out = join(home, 'deep', 'er');
      const plain = start(home, ['app-server', name, '--out', out]);
      expect(await plain.exit).toEqual([0, null]);
      const stable = await readFile(join(out, file), 'utf8');
      expect(stable).toContain(words);
      expect(stable).not.toContain('"thread/realtime/start"');

      const full = start(home, ['app-server', name, '-o', out, '--experimental']);
      expect(await full.exit).toEqual([0, null]);
      expect(await readFile(join(out, file), 'utf8')).toContain('"thread/realtime/start"');
    });
  });

  test('a folder that cannot be written to is told in one sentence', async () => {
    const { code, stderr } = await parley(['app-server', 'generate-ts', '--out', '/proc/none']);

    expect(code).toBe(1);
    expect(stderr).toMatch(/Nothing can be written to \/proc\/none: ENOENT.*\n$/u);
  });

  test('without a folder nothing is written', async () => {
    const { code, stderr } = await parley(['app-server', 'generate-ts']);

    expect(code).toBe(2);
    expect(stderr).toContain('--out');
  });
});

test('a repository to practise on has one failing test, and is never put among other files', async () => {
  await withHome(async (home) => {
    const folder = join(home, 'basket');
    const made = start(home, ['practice-repo', folder]);
    expect(await made.exit).toEqual([0, null]);
    expect(await made.stdout).toBe(`${folder}\n`);
    expect(await readFile(join(folder, 'README.md'), 'utf8')).toContain('fix the failing test');

    const again = start(home, ['practice-repo', folder]);
    expect(await again.exit).toEqual([2, null]);
    expect(await again.stderr).toContain(`${folder} is not empty`);
  });
});
