/** How far a feature has come; spelled as in `experimentalFeature/list`. */
export type FeatureStage = 'underDevelopment' | 'beta' | 'stable' | 'deprecated' | 'removed';

export type FeatureSpec = {
  readonly stage: FeatureStage;
  readonly isOnByDefault: boolean;
  /** Former names, still understood and warned of. */
  readonly aliases: readonly string[];
  /** Features that it is off without. */
  readonly needs: readonly string[];
  /** Words for a person; null for a feature that is nothing to choose. */
  readonly displayName: string | null;
  readonly description: string | null;
};

/** One row per feature that can be switched. */
export const features = {
  realtime_conversation: {
    stage: 'stable',
    isOnByDefault: true,
    aliases: [],
    needs: [],
    displayName: 'Voice conversation',
    description: 'Talk with the assistant in a live session.',
  },
  fast_mode: {
    stage: 'stable',
    isOnByDefault: true,
    aliases: [],
    needs: [],
    displayName: 'Fast',
    description: 'Ask for quicker answers at a higher price, where the model offers them.',
  },
  request_permissions_tool: {
    stage: 'beta',
    isOnByDefault: false,
    aliases: ['request_permissions'],
    needs: [],
    displayName: 'Ask for permissions',
    description:
      'Let the assistant ask to touch further files, or the network, before it needs them.',
  },
} as const satisfies Record<string, FeatureSpec>;

export type FeatureName = keyof typeof features;

/** The present name of a feature that may be called by a former one; undefined for what is none. */
export function canonicalName<Name extends string>(
  registry: Readonly<Record<Name, FeatureSpec>>,
  name: string,
): Name | undefined {
  const isName = (known: string): known is Name => Object.hasOwn(registry, known);
  if (isName(name)) return name;
  return Object.keys(registry).find(
    (known): known is Name => isName(known) && registry[known].aliases.includes(name),
  );
}
