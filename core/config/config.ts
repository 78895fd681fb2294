import type { ConfigError } from './errors.ts';
import type { ConfigFile, PermissionProfileTable, ProviderTable } from './schema/index.ts';

/** A program that prints a bearer token. */
export type CommandAuthConfig = {
  readonly command: string;
  readonly args: readonly string[];
  readonly timeoutMs: number;
  /** 0 = a token is kept until a request is refused. */
  readonly refreshIntervalMs: number;
  /** Relative to the home folder unless absolute; the process directory when undefined. */
  readonly cwd: string | undefined;
};

export type ProviderConfig = {
  readonly name: string;
  readonly baseUrl: string | undefined;
  readonly queryParams: Readonly<Record<string, string>>;
  readonly httpHeaders: Readonly<Record<string, string>>;
  /** Header name to environment variable. */
  readonly envHttpHeaders: Readonly<Record<string, string>>;
  readonly envKey: string | undefined;
  readonly envKeyInstructions: string | undefined;
  readonly experimentalBearerToken: string | undefined;
  readonly auth: CommandAuthConfig | undefined;
  readonly requiresOpenaiAuth: boolean;
  readonly requestMaxRetries: number;
  readonly streamMaxRetries: number;
  readonly streamIdleTimeoutMs: number;
  readonly supportsWebsockets: boolean;
  readonly websocketConnectTimeoutMs: number;
};

export type RealtimeConfig = {
  /** As written; only v2 exists here, others are refused when a session starts. */
  readonly version: 'v1' | 'v2' | 'v3';
  readonly type: 'conversational' | 'transcription';
  readonly voice: string | undefined;
  /** How fast the voice talks; 1 is its own pace. */
  readonly speed: number | undefined;
  /** What writes down the user's words; empty leaves it to the server. */
  readonly transcriptionModel: string | undefined;
  /** What the user speaks, as a tag: `fr`, `en-GB`. */
  readonly language: string | undefined;
  readonly transport: 'webrtc' | 'websocket' | undefined;
  /** What talks: a cascade of three parts, or (undefined) the provider of the text. */
  readonly provider: 'cascade' | undefined;
  readonly cascade: CascadeConfig;
};

/** The ends of a cascade, as written; between them is the provider of the text. */
export type CascadeConfig = {
  readonly speechToText: {
    readonly provider: string | undefined;
    readonly model: string | undefined;
    readonly language: string | undefined;
    readonly prompt: string | undefined;
    /** Words are asked for as they are found. */
    readonly stream: boolean;
  };
  readonly textToSpeech: {
    readonly provider: string | undefined;
    readonly model: string | undefined;
    readonly voice: string | undefined;
    readonly format: 'pcm' | 'wav';
    /** Of sound that does not say its own rate. */
    readonly sampleRateHz: number;
  };
};

/** What threads may do, as written; core/permissions says what it means. */
export type PermissionsConfig = {
  readonly approvalPolicy: ConfigFile['approval_policy'];
  readonly approvalsReviewer: ConfigFile['approvals_reviewer'];
  readonly sandboxMode: ConfigFile['sandbox_mode'];
  /** What the mode `workspace-write` means here. */
  readonly workspace: {
    readonly writableRoots: readonly string[];
    readonly networkAccess: boolean;
    readonly excludeTmpdirEnvVar: boolean;
    readonly excludeSlashTmp: boolean;
  };
  /** The id of a profile. */
  readonly defaultPermissions: string | undefined;
  readonly profiles: ReadonlyMap<string, PermissionProfileTable>;
};

/** The settings Parley reads, checked and with defaults. undefined = not set. */
export type Config = {
  readonly model: string | undefined;
  readonly modelProvider: string | undefined;
  readonly modelReasoningEffort: string | undefined;
  readonly modelReasoningSummary: NonNullable<ConfigFile['model_reasoning_summary']> | undefined;
  readonly modelVerbosity: NonNullable<ConfigFile['model_verbosity']> | undefined;
  readonly modelContextWindow: number | undefined;
  readonly modelAutoCompactTokenLimit: number | undefined;
  /** `fast`, `flex` or a tier of the model's own. */
  readonly serviceTier: string | undefined;
  readonly openaiBaseUrl: string | undefined;
  readonly modelProviders: ReadonlyMap<string, ProviderConfig>;
  /** Providers whose tables cannot be used: whoever chooses one is told why, nobody else is hindered. */
  readonly faultyProviders: ReadonlyMap<string, ConfigError>;
  readonly realtimeWsBaseUrl: string | undefined;
  /** Where calls are made, when it is not the provider's base_url. */
  readonly realtimeCallBaseUrl: string | undefined;
  readonly realtimeWsModel: string | undefined;
  readonly realtimeWsBackendPrompt: string | undefined;
  /** An empty text switches the startup context off; undefined lets the engine make one. */
  readonly realtimeWsStartupContext: string | undefined;
  readonly realtimeStartInstructions: string | undefined;
  readonly realtime: RealtimeConfig;
  readonly features: ReadonlyMap<string, boolean>;
  /** Of each profile, in use or not, what is a matter of this machine as well. */
  readonly profiles: ReadonlyMap<string, { readonly features: ReadonlyMap<string, boolean> }>;
  readonly developerInstructions: string | undefined;
  readonly permissions: PermissionsConfig;
  /** What may be run, by the words it begins with, as written; core/commandRules says what it means. */
  readonly commandRules: ReadonlyMap<string, NonNullable<ConfigFile['command_rules']>[string]>;
  /** What of this machine's environment programs of the agent see. */
  readonly shellEnvironment: {
    readonly inherit: 'all' | 'core' | 'none';
    readonly ignoreDefaultExcludes: boolean;
    readonly exclude: readonly string[];
    readonly set: Readonly<Record<string, string>>;
    readonly includeOnly: readonly string[];
  };
  /** How long people may take over an approval; undefined = the engine's default. */
  readonly approvalTimeoutMs: number | undefined;
  readonly showRawAgentReasoning: boolean;
  /** How long a thread nobody listens to stays in memory; undefined = the engine's default. */
  readonly threadUnloadDelayMs: number | undefined;
};

/** How requests to a provider are repeated and given up unless its table says otherwise. */
export const PROVIDER_DEFAULTS = {
  requestMaxRetries: 4,
  streamMaxRetries: 5,
  streamIdleTimeoutMs: 300_000,
  websocketConnectTimeoutMs: 15_000,
} as const;

const COMMAND_AUTH_DEFAULTS = { timeoutMs: 5000, refreshIntervalMs: 300_000 } as const;

export function toConfig(
  file: ConfigFile,
  faultyProviders: Config['faultyProviders'] = new Map(),
): Config {
  const unloadDelaySecs = file.thread_unload_delay_secs;
  return {
    model: file.model,
    modelProvider: file.model_provider,
    modelReasoningEffort: file.model_reasoning_effort,
    modelReasoningSummary: file.model_reasoning_summary,
    modelVerbosity: file.model_verbosity,
    modelContextWindow: file.model_context_window,
    modelAutoCompactTokenLimit: file.model_auto_compact_token_limit,
    serviceTier: file.service_tier,
    openaiBaseUrl: file.openai_base_url,
    modelProviders: new Map(
      Object.entries(file.model_providers ?? {}).map(([id, table]) => [id, toProvider(id, table)]),
    ),
    faultyProviders,
    realtimeWsBaseUrl: file.experimental_realtime_ws_base_url,
    realtimeCallBaseUrl: file.experimental_realtime_webrtc_call_base_url,
    realtimeWsModel: file.experimental_realtime_ws_model,
    realtimeWsBackendPrompt: file.experimental_realtime_ws_backend_prompt,
    realtimeWsStartupContext: file.experimental_realtime_ws_startup_context,
    realtimeStartInstructions: file.experimental_realtime_start_instructions,
    realtime: {
      version: file.realtime?.version ?? 'v2',
      type: file.realtime?.type ?? 'conversational',
      voice: file.realtime?.voice,
      speed: file.realtime?.speed,
      transcriptionModel: file.realtime?.transcription_model?.trim(),
      language: file.realtime?.language,
      transport: file.realtime?.transport,
      provider: file.realtime?.provider,
      cascade: toCascade(file.realtime?.cascade ?? {}),
    },
    features: toFeatures(file.features ?? {}),
    profiles: new Map(
      Object.entries(file.profiles ?? {}).map(([id, { features = {} }]) => [
        id,
        { features: toFeatures(features) },
      ]),
    ),
    developerInstructions: file.developer_instructions,
    permissions: toPermissions(file),
    commandRules: new Map(Object.entries(file.command_rules ?? {})),
    shellEnvironment: toShellEnvironment(file.shell_environment_policy ?? {}),
    approvalTimeoutMs:
      file.approval_timeout_secs === undefined ? undefined : file.approval_timeout_secs * 1000,
    showRawAgentReasoning: file.show_raw_agent_reasoning ?? false,
    threadUnloadDelayMs: unloadDelaySecs === undefined ? undefined : unloadDelaySecs * 1000,
  };
}

/** Sound of this rate needs no conversion, and OpenAI's servers send it (realtime-v2 §8). */
const PCM_RATE_HZ = 24_000;

function toCascade({
  speech_to_text: ears = {},
  text_to_speech: mouth = {},
}: NonNullable<NonNullable<ConfigFile['realtime']>['cascade']>): CascadeConfig {
  return {
    speechToText: {
      provider: ears.provider,
      model: ears.model,
      language: ears.language,
      prompt: ears.prompt,
      stream: ears.stream ?? true,
    },
    textToSpeech: {
      provider: mouth.provider,
      model: mouth.model,
      voice: mouth.voice,
      format: mouth.format ?? 'pcm',
      sampleRateHz: mouth.sample_rate ?? PCM_RATE_HZ,
    },
  };
}

function toProvider(id: string, table: ProviderTable): ProviderConfig {
  return {
    name: table.name ?? id,
    baseUrl: table.base_url,
    queryParams: table.query_params ?? {},
    httpHeaders: table.http_headers ?? {},
    envHttpHeaders: table.env_http_headers ?? {},
    envKey: table.env_key,
    envKeyInstructions: table.env_key_instructions,
    experimentalBearerToken: table.experimental_bearer_token,
    auth: table.auth === undefined ? undefined : toCommandAuth(table.auth),
    requiresOpenaiAuth: table.requires_openai_auth ?? false,
    requestMaxRetries: table.request_max_retries ?? PROVIDER_DEFAULTS.requestMaxRetries,
    streamMaxRetries: table.stream_max_retries ?? PROVIDER_DEFAULTS.streamMaxRetries,
    streamIdleTimeoutMs: table.stream_idle_timeout_ms ?? PROVIDER_DEFAULTS.streamIdleTimeoutMs,
    supportsWebsockets: table.supports_websockets ?? false,
    websocketConnectTimeoutMs:
      table.websocket_connect_timeout_ms ??
      table.websocket_startup_timeout_ms ??
      PROVIDER_DEFAULTS.websocketConnectTimeoutMs,
  };
}

function toCommandAuth(auth: NonNullable<ProviderTable['auth']>): CommandAuthConfig {
  return {
    command: auth.command,
    args: auth.args ?? [],
    timeoutMs: auth.timeout_ms ?? COMMAND_AUTH_DEFAULTS.timeoutMs,
    refreshIntervalMs: auth.refresh_interval_ms ?? COMMAND_AUTH_DEFAULTS.refreshIntervalMs,
    cwd: auth.cwd,
  };
}

function toPermissions(file: ConfigFile): PermissionsConfig {
  const workspace = file.sandbox_workspace_write;
  return {
    approvalPolicy: file.approval_policy,
    approvalsReviewer: file.approvals_reviewer,
    sandboxMode: file.sandbox_mode,
    workspace: {
      writableRoots: workspace?.writable_roots ?? [],
      networkAccess: workspace?.network_access ?? false,
      excludeTmpdirEnvVar: workspace?.exclude_tmpdir_env_var ?? false,
      excludeSlashTmp: workspace?.exclude_slash_tmp ?? false,
    },
    defaultPermissions: file.default_permissions,
    profiles: new Map(Object.entries(file.permissions ?? {})),
  };
}

/** Names that look like secrets are left out unless somebody wants them; the peer's default lets them through. */
function toShellEnvironment(
  table: NonNullable<ConfigFile['shell_environment_policy']>,
): Config['shellEnvironment'] {
  return {
    inherit: table.inherit ?? 'all',
    ignoreDefaultExcludes: table.ignore_default_excludes ?? false,
    exclude: table.exclude ?? [],
    set: table.set ?? {},
    includeOnly: table.include_only ?? [],
  };
}

/** A table without `enabled` says nothing about the switch. */
function toFeatures(features: NonNullable<ConfigFile['features']>): ReadonlyMap<string, boolean> {
  const values = new Map<string, boolean>();
  for (const [name, setting] of Object.entries(features)) {
    const enabled = typeof setting === 'boolean' ? setting : setting.enabled;
    if (enabled !== undefined) values.set(name, enabled);
  }
  return values;
}
