import { errorText } from '../../../core/base/index.ts';
import type { AppServerClient, Model, ThreadStartResponse } from '../../../core/protocol/index.ts';
import type { EngineLink } from '../connection/index.ts';
import { Store } from '../store.ts';

/** What the page shows of Fast: quicker answers of the text model at a higher price. */
export type FastState = {
  /** Whether there is something to show: the model that answers lists the tier, and the feature is on or fixed off. */
  readonly isOffered: boolean;
  readonly isOn: boolean;
  /** Why it cannot be turned; undefined where it can. */
  readonly fixed: string | undefined;
};

export type FastModeDeps = {
  /** The engine; throws, naming what it was wanted for, while it is away. */
  readonly client: (what: string) => AppServerClient;
  readonly report: (message: string) => void;
  readonly announce: (text: string) => void;
};

/** What the engine said; everything shown follows from it. */
export type FastFacts = {
  readonly isAllowed: boolean;
  /** Whoever looks after this machine has switched the feature off. */
  readonly isFixedOff: boolean;
  readonly models: readonly Pick<
    Model,
    'model' | 'isDefault' | 'additionalSpeedTiers' | 'serviceTiers'
  >[];
  /** As configured; a new conversation gets it. */
  readonly configuredTier: string | null;
  /** The open conversation's own. */
  readonly thread:
    | { readonly id: string; readonly model: string; readonly tier: string | null }
    | undefined;
};

const NOTHING: FastFacts = {
  isAllowed: false,
  isFixedOff: false,
  models: [],
  configuredTier: null,
  thread: undefined,
};

const FIXED_OFF = 'Fast is fixed off for this machine by whoever looks after it.';
const FEATURE = 'fast_mode';
const FAST = 'fast';
/** The tier's id where models list tiers by the provider's own names. */
const PRIORITY = 'priority';

/** Any model that lists the tier has the switch; which model it is does not matter. */
export function fastState({
  isAllowed,
  isFixedOff,
  models,
  configuredTier,
  thread,
}: FastFacts): FastState {
  const model = models.find((known) =>
    thread === undefined ? known.isDefault : known.model === thread.model,
  );
  const isListed =
    model !== undefined &&
    (model.additionalSpeedTiers.includes(FAST) ||
      model.serviceTiers.some(({ id }) => id === PRIORITY));
  const tier = thread === undefined ? configuredTier : thread.tier;
  if (isFixedOff) return { isOffered: isListed, isOn: false, fixed: FIXED_OFF };
  return {
    isOffered: isAllowed && isListed,
    isOn: tier === FAST || tier === PRIORITY,
    fixed: undefined,
  };
}

/** What typed words mean for Fast: `/fast`, `/fast on`, `/fast off`; undefined for other words. */
export function fastCommand(text: string): 'toggle' | 'on' | 'off' | undefined {
  const match = /^\/fast(?:\s+(on|off))?$/iu.exec(text.trim());
  if (match === null) return undefined;
  const wish = match[1]?.toLowerCase();
  return wish === 'on' || wish === 'off' ? wish : 'toggle';
}

/** Whether the feature is off because somebody else has said so, and not by the person's own settings. */
async function isPinnedOff(client: AppServerClient): Promise<boolean> {
  const { requirements } = await client.request('configRequirements/read', {});
  return requirements?.featureRequirements?.[FEATURE] === false;
}

/** The Fast switch: kept in the engine's configuration and taken over by the open conversation. */
export class FastMode {
  readonly state = new Store<FastState>(fastState(NOTHING));
  readonly #deps: FastModeDeps;
  #facts = NOTHING;
  #load = 0;
  #change = 0;

  constructor(deps: FastModeDeps) {
    this.#deps = deps;
  }

  /** Asks the engine what there is; where it cannot say, there is no switch. */
  async load(): Promise<void> {
    this.#load += 1;
    const load = this.#load;
    try {
      const client = this.#deps.client('reading the settings');
      const [features, settings, models] = await Promise.all([
        client.request('experimentalFeature/list', {}),
        client.request('config/read', {}),
        client.request('model/list', { includeHidden: true }),
      ]);
      if (load !== this.#load) return;
      const isAllowed = features.data.some(({ name, enabled }) => name === FEATURE && enabled);
      const isFixedOff = !isAllowed && (await isPinnedOff(client));
      if (load !== this.#load) return;
      const tier = settings.config['service_tier'];
      this.#learn({
        isAllowed,
        isFixedOff,
        configuredTier: typeof tier === 'string' ? tier : null,
        models: models.data,
      });
    } catch {
      // An engine that knows none of this has no Fast; a lost one is asked again when it is back.
      if (load === this.#load) this.#learn({ isAllowed: false, isFixedOff: false });
    }
  }

  /** A conversation was opened, or, with undefined, left. */
  opened(opened: ThreadStartResponse | undefined): void {
    this.#learn({
      thread:
        opened === undefined
          ? undefined
          : { id: opened.thread.id, model: opened.model, tier: opened.serviceTier },
    });
  }

  /** Takes over what any window changes of the open conversation. */
  follow(link: EngineLink): void {
    link.events.on('thread/settings/updated', ({ threadId, threadSettings }) => {
      if (threadId !== this.#facts.thread?.id) return;
      const { model, serviceTier } = threadSettings;
      this.#learn({ thread: { id: threadId, model, tier: serviceTier } });
    });
  }

  /** Turns it; shows the wish at once and takes it back, saying so, when the engine refuses. */
  async set(isOn: boolean): Promise<void> {
    const { fixed } = this.state.getSnapshot();
    if (fixed !== undefined) {
      this.#deps.report(fixed);
      return;
    }
    this.#change += 1;
    const change = this.#change;
    const before = this.#facts;
    const tier = isOn ? FAST : null;
    this.#learnTier(tier);
    try {
      const client = this.#deps.client('changing Fast');
      const written = await client.request('config/value/write', {
        keyPath: 'service_tier',
        value: tier,
        mergeStrategy: 'replace',
      });
      const { thread } = this.#facts;
      if (thread !== undefined) {
        await client.request('thread/settings/update', { threadId: thread.id, serviceTier: tier });
      }
      if (change !== this.#change) return;
      if (written.overriddenMetadata !== null) {
        this.#deps.report(written.overriddenMetadata.message);
      }
      this.#deps.announce(isOn ? 'Fast is on: quicker answers at a higher price.' : 'Fast is off.');
    } catch (error) {
      if (change !== this.#change) return;
      this.#learnTier(before.configuredTier, before.thread);
      this.#deps.report(`Fast could not be changed: ${errorText(error)}`);
    }
  }

  /** Does what was typed; resolves with why it could not, if so. */
  async run(command: 'toggle' | 'on' | 'off'): Promise<string | undefined> {
    const { isOffered, isOn, fixed } = this.state.getSnapshot();
    if (!isOffered) return 'Fast is not offered for the model that answers here.';
    if (fixed !== undefined) return fixed;
    await this.set(command === 'toggle' ? !isOn : command === 'on');
    return undefined;
  }

  #learnTier(tier: string | null, earlier?: FastFacts['thread']): void {
    const { thread } = this.#facts;
    const known = earlier !== undefined && earlier.id === thread?.id ? earlier.tier : tier;
    this.#learn({
      configuredTier: tier,
      thread: thread === undefined ? undefined : { ...thread, tier: known },
    });
  }

  #learn(news: Partial<FastFacts>): void {
    this.#facts = { ...this.#facts, ...news };
    const next = fastState(this.#facts);
    this.state.update((now) =>
      now.isOffered === next.isOffered && now.isOn === next.isOn && now.fixed === next.fixed
        ? now
        : next,
    );
  }
}
