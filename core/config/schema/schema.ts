import * as z from 'zod';

/** As in BCP 47, as far as anybody here looks into it. */
const LANGUAGE_TAG = /^[a-zA-Z]{2,3}(?:-[a-zA-Z\d]{1,8})*$/u;

const text = z.string();
const textMap = z.record(z.string(), z.string());
/** What a timer can wait. */
const MAX_TIMER_MS = 2_147_483_647;
const milliseconds = z.int().min(1).max(MAX_TIMER_MS);
const retries = z.int().min(0).max(100);

const CommandAuth = z.object({
  command: text.trim().min(1),
  args: z.array(text).optional(),
  timeout_ms: milliseconds.optional(),
  refresh_interval_ms: z.int().min(0).optional(),
  cwd: text.optional(),
});

/** What a provider may not have beside `auth`, because each names another source of the credential. */
const EXCLUDED_BY_AUTH = ['env_key', 'experimental_bearer_token', 'requires_openai_auth'] as const;

/** The table of one provider. */
export const Provider = z
  .object({
    name: text.optional(),
    base_url: text.optional(),
    wire_api: z.literal('responses').optional(),
    query_params: textMap.optional(),
    http_headers: textMap.optional(),
    env_http_headers: textMap.optional(),
    env_key: text.optional(),
    env_key_instructions: text.optional(),
    experimental_bearer_token: text.optional(),
    auth: CommandAuth.optional(),
    requires_openai_auth: z.boolean().optional(),
    request_max_retries: retries.optional(),
    stream_max_retries: retries.optional(),
    stream_idle_timeout_ms: milliseconds.optional(),
    supports_websockets: z.boolean().optional(),
    websocket_connect_timeout_ms: milliseconds.optional(),
    /** An older name of the same limit. */
    websocket_startup_timeout_ms: milliseconds.optional(),
  })
  .superRefine((provider, context) => {
    if (provider.auth === undefined) return;
    const conflicts = EXCLUDED_BY_AUTH.filter(
      (key) => provider[key] !== undefined && provider[key] !== false,
    );
    if (conflicts.length > 0) {
      context.addIssue({
        code: 'custom',
        path: ['auth'],
        message: `cannot be combined with ${conflicts.join(', ')}; keep one of them`,
      });
    }
  });

/** When people are asked, as written. */
export const ApprovalPolicy = z.union([
  z.enum(['untrusted', 'on-request', 'on-failure', 'never']),
  z.object({
    granular: z.object({
      sandbox_approval: z.boolean(),
      rules: z.boolean(),
      skill_approval: z.boolean().default(false),
      request_permissions: z.boolean().default(false),
      mcp_elicitations: z.boolean(),
    }),
  }),
]);

const SandboxWorkspaceWrite = z.object({
  writable_roots: z.array(text).optional(),
  network_access: z.boolean().optional(),
  exclude_tmpdir_env_var: z.boolean().optional(),
  exclude_slash_tmp: z.boolean().optional(),
});

const FileAccess = z.enum(['read', 'write', 'deny', 'none']);
const rule = z.enum(['allow', 'deny', 'none']);

/** A profile of permissions, as written; what it means is found out when it is chosen. */
const PermissionProfileTable = z.object({
  extends: text.optional(),
  description: text.optional(),
  workspace_roots: z.record(z.string(), z.boolean()).optional(),
  /** By place; `glob_scan_max_depth` stands among them. */
  filesystem: z
    .record(z.string(), z.union([FileAccess, z.record(z.string(), FileAccess), z.int()]))
    .optional(),
  network: z
    .object({
      enabled: z.boolean().optional(),
      mode: z.enum(['full', 'limited']).optional(),
      domains: z.record(z.string(), rule).optional(),
      unix_sockets: z.record(z.string(), rule).optional(),
    })
    .optional(),
});

/** Some features of other products carry a table of settings with an `enabled` switch in it. */
const FeatureSetting = z.union([z.boolean(), z.looseObject({ enabled: z.boolean().optional() })]);

/** One end of a cascade: a provider's table by its name, or what is built in. */
const SpeechToText = z.object({
  provider: text.trim().min(1).optional(),
  model: text.trim().min(1).optional(),
  language: text.trim().min(1).optional(),
  prompt: text.optional(),
  stream: z.boolean().optional(),
});

const TextToSpeech = z.object({
  provider: text.trim().min(1).optional(),
  model: text.trim().min(1).optional(),
  voice: text.trim().min(1).optional(),
  format: z.enum(['pcm', 'wav']).optional(),
  sample_rate: z.int().min(8000).max(192_000).optional(),
});

const ShellEnvironmentPolicy = z.looseObject({
  inherit: z.enum(['all', 'core', 'none']).optional(),
  ignore_default_excludes: z.boolean().optional(),
  exclude: z.array(z.string()).optional(),
  set: z.record(z.string(), z.string()).optional(),
  include_only: z.array(z.string()).optional(),
});

const settings = {
  model: text.optional(),
  model_provider: text.optional(),
  model_reasoning_effort: text.optional(),
  model_reasoning_summary: z.enum(['auto', 'concise', 'detailed', 'none']).optional(),
  model_verbosity: z.enum(['low', 'medium', 'high']).optional(),
  model_context_window: z.int().min(1).optional(),
  model_auto_compact_token_limit: z.int().min(1).optional(),
  service_tier: text.optional(),
  openai_base_url: text.optional(),
  model_providers: z.record(z.string(), Provider).optional(),
  experimental_realtime_ws_base_url: text.optional(),
  experimental_realtime_webrtc_call_base_url: text.optional(),
  experimental_realtime_ws_model: text.optional(),
  experimental_realtime_ws_backend_prompt: text.optional(),
  experimental_realtime_ws_startup_context: text.optional(),
  experimental_realtime_start_instructions: text.optional(),
  realtime: z
    .object({
      version: z.enum(['v1', 'v2', 'v3']).optional(),
      type: z.enum(['conversational', 'transcription']).optional(),
      voice: text.optional(),
      speed: z.number().min(0.25).max(1.5).optional(),
      transcription_model: text.optional(),
      language: z
        .string()
        .regex(LANGUAGE_TAG, 'is not a language tag such as "en" or "fr"')
        .optional(),
      transport: z.enum(['webrtc', 'websocket']).optional(),
      provider: z.enum(['cascade']).optional(),
      cascade: z
        .object({
          speech_to_text: SpeechToText.optional(),
          text_to_speech: TextToSpeech.optional(),
        })
        .optional(),
    })
    .optional(),
  features: z.record(z.string(), FeatureSetting).optional(),
  developer_instructions: text.optional(),
  approval_policy: ApprovalPolicy.optional(),
  approvals_reviewer: z.enum(['user', 'auto_review', 'guardian_subagent']).optional(),
  sandbox_mode: z.enum(['read-only', 'workspace-write', 'danger-full-access']).optional(),
  sandbox_workspace_write: SandboxWorkspaceWrite.optional(),
  default_permissions: text.optional(),
  permissions: z.record(z.string(), PermissionProfileTable).optional(),
  /** By the words a command begins with, as one would type them. */
  command_rules: z
    .record(z.string(), z.enum(['allow', 'allow_outside_sandbox', 'ask', 'forbid']))
    .optional(),
  /** What of this machine's environment programs of the agent see. */
  shell_environment_policy: ShellEnvironmentPolicy.optional(),
  /** How long people may take over an approval; silence is a no. */
  approval_timeout_secs: z
    .number()
    .min(1)
    .max(MAX_TIMER_MS / 1000)
    .optional(),
  show_raw_agent_reasoning: z.boolean().optional(),
  thread_unload_delay_secs: z
    .number()
    .min(0)
    .max(MAX_TIMER_MS / 1000)
    .optional(),
};

/** The keys Parley reads, spelled as in the file. */
export const ConfigFile = z.object({
  ...settings,
  /** The profile in use. */
  profile: text.optional(),
  /** Settings under a name, which win over the others where it is the one in use. */
  profiles: z.record(z.string(), z.object(settings)).optional(),
});
export type ConfigFile = z.infer<typeof ConfigFile>;
export type PermissionProfileTable = z.infer<typeof PermissionProfileTable>;
export type ProviderTable = z.infer<typeof Provider>;
