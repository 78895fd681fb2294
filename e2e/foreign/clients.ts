/** A client that somebody else wrote, and the program in `programs` that tries it. */
export type ForeignClient = {
  readonly name: string;
  readonly program: string;
  /** Packages of npm, each of one version. */
  readonly npm?: Readonly<Record<string, string>>;
  /** What pip installs, each of one version; the program is Python's then, and may need nothing. */
  readonly pip?: readonly string[];
  /** It is no package but a repository, whose checkout the command line names. */
  readonly checkout?: { readonly option: 'open-responses'; readonly repository: string };
};

/** Another client is another program, and its row here. */
export const foreignClients: readonly ForeignClient[] = [
  // Of the built-in server.
  {
    name: 'open-responses',
    program: 'openResponses.mjs',
    npm: { tsx: '4.23.15', zod: '3.25.76' },
    checkout: { option: 'open-responses', repository: 'openresponses/openresponses' },
  },
  {
    name: 'openai-python',
    program: 'openaiPython.py',
    pip: ['openai[realtime]==3.22.1'],
  },
  {
    name: 'codex-sdk',
    program: 'codexExec.mjs',
    npm: { '@openai/codex-sdk': '0.163.0' },
  },
  {
    name: 'langchain',
    program: 'langchain.mjs',
    npm: { '@langchain/core': '1.4.0', '@langchain/openai': '1.6.0', zod: '4.6.7' },
  },
  {
    name: 'llamaindex',
    program: 'llamaindex.mjs',
    npm: { '@llamaindex/openai': '0.4.23', llamaindex: '0.12.1', zod: '4.6.7' },
  },
  {
    name: 'ai-sdk-open-responses',
    program: 'aiSdkOpenResponses.mjs',
    npm: { '@ai-sdk/open-responses': '2.0.36', ai: '7.0.173', zod: '4.6.7' },
  },
  {
    name: 'pi-ai',
    program: 'pi.mjs',
    npm: { '@earendil-works/pi-ai': '1.6.0' },
  },
  {
    name: 'livekit',
    program: 'livekit.mjs',
    npm: {
      '@livekit/agents': '1.9.0',
      '@livekit/agents-plugin-openai': '1.9.0',
      '@livekit/rtc-node': '0.13.35',
      zod: '4.6.7',
    },
  },
  // Of the engine.
  {
    name: 'codex-terminal',
    program: 'codexTerminal.py',
    npm: { '@openai/codex': '0.171.0' },
    pip: [],
  },
  {
    name: 'codex-acp',
    program: 'codexAcp.mjs',
    npm: { '@agentclientprotocol/codex-acp': '2.6.0', '@agentclientprotocol/sdk': '2.4.0' },
  },
  {
    name: 'ai-sdk-codex',
    program: 'aiSdkCodex.mjs',
    npm: { ai: '7.0.173', 'ai-sdk-provider-codex-cli': '2.2.1', zod: '4.6.7' },
  },
];
