import type { Requirements } from '../../../config/index.ts';
import { canonicalName, features } from '../../../features/index.ts';
import { listProfiles, policyOf, reviewerOf } from '../../../permissions/index.ts';
import type { ConfigRequirementsReadResponse } from '../../../protocol/index.ts';
import { invalidRequest } from '../../../rpc/index.ts';
import type { Services } from '../../services.ts';
import type { Handlers } from '../handler.ts';
import { loaded, page } from '../params.ts';
import { reloadFeatures } from './reloadFeatures.ts';

type FeatureHandlers = Pick<
  Handlers,
  | 'configRequirements/read'
  | 'experimentalFeature/list'
  | 'experimentalFeature/enablement/set'
  | 'permissionProfile/list'
>;

/** Which features and profiles there are, and what is fixed of them for this machine (app-server §§10, 11). */
export function featureHandlers(services: Services): FeatureHandlers {
  return {
    'configRequirements/read': async () => {
      const { requirements } = await loaded(services.resolveConfig());
      return {
        result: {
          supportsIndependentSpeedModes: true,
          requirements: describeRequirements(requirements),
        },
      };
    },

    'experimentalFeature/list': async ({ cursor, limit, threadId }) => {
      const { features: effective } =
        typeof threadId === 'string'
          ? services.threads.require(threadId).thread.settings
          : await loaded(services.resolveConfig());
      const rows = Object.entries(features).map(([name, spec]) => ({
        name,
        stage: spec.stage,
        displayName: spec.displayName,
        description: spec.description,
        announcement: null,
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of the registry are its names
        enabled: effective.isEnabled(name as keyof typeof features),
        defaultEnabled: spec.isOnByDefault,
      }));
      return { result: page(rows, cursor, limit) };
    },

    'experimentalFeature/enablement/set': async ({ enablement }) => {
      const { features: effective } = await loaded(services.resolveConfig());
      const wanted = Object.entries(enablement).flatMap(([given, value]) => {
        const name = canonicalName(features, given);
        return name === undefined ? [] : [{ name, value }];
      });
      for (const { name, value } of wanted) {
        const change = effective.set(name, value);
        if (!change.isDone) throw invalidRequest(change.reason);
      }
      for (const { name, value } of wanted) services.toggles.set(name, value);
      await reloadFeatures(services);
      // One may be off because of another, whatever was asked for.
      const now = wanted.map(({ name }) => [name, effective.isEnabled(name)] as const);
      return { result: { enablement: Object.fromEntries(now) } };
    },

    'permissionProfile/list': async ({ cursor, limit }) => {
      const { config, requirements } = await loaded(services.resolveConfig());
      const rows = listProfiles(config.permissions.profiles, requirements);
      return { result: page(rows, cursor, limit) };
    },
  };
}

function describeRequirements({
  approvalPolicies,
  approvalsReviewers,
  sandboxModes,
  features: pins,
}: Requirements): ConfigRequirementsReadResponse['requirements'] {
  const limits = [approvalPolicies, approvalsReviewers, sandboxModes];
  if (pins.size === 0 && limits.every((limit) => limit === undefined)) return null;
  return {
    allowedLoginMethods: ['api'],
    allowedApprovalPolicies: approvalPolicies?.value.map(policyOf) ?? null,
    allowedApprovalsReviewers: approvalsReviewers?.value.map(reviewerOf) ?? null,
    allowedSandboxModes: sandboxModes?.value ?? null,
    featureRequirements:
      pins.size === 0
        ? null
        : Object.fromEntries(Array.from(pins, ([name, { value }]) => [name, value])),
  };
}
