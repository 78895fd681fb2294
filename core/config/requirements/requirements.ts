import { ConfigError } from '../errors.ts';
import { describeIssue } from '../schema/index.ts';
import { fileLayer, type Layer } from '../layers.ts';
import { formatKeyPath, type KeyPath, rangeOf, valueAt } from '../toml/index.ts';
import { placeWords } from '../errors.ts';
import { RequirementsFile } from './schema.ts';

/** A value that somebody else has fixed, and the file that says so. */
export type Required<Value> = { readonly value: Value; readonly file: string };

type Allowed<Key extends keyof RequirementsFile> =
  | Required<NonNullable<RequirementsFile[Key]>>
  | undefined;

/** What whoever looks after this machine has fixed; no setting of a person goes beyond it. */
export type Requirements = {
  readonly approvalPolicies: Allowed<'allowed_approval_policies'>;
  readonly approvalsReviewers: Allowed<'allowed_approvals_reviewers'>;
  readonly sandboxModes: Allowed<'allowed_sandbox_modes'>;
  /** Feature by feature, as written: whether there is such a feature is not known here. */
  readonly features: ReadonlyMap<string, Required<boolean>>;
  /** Keys that nothing here sees to, each with its file. */
  readonly unenforced: readonly Required<KeyPath>[];
};

export const NO_REQUIREMENTS: Requirements = {
  approvalPolicies: undefined,
  approvalsReviewers: undefined,
  sandboxModes: undefined,
  features: new Map(),
  unenforced: [],
};

/** Text of a file of requirements. */
export type RequirementsText = { readonly file: string; readonly text: string };

/**
 * Puts files of requirements together: what an earlier one fixes, a later one does not change. Throws
 * ConfigError with the place for a file that cannot be used, because nothing may run as if it were not there.
 */
export function requirementsOf(texts: readonly RequirementsText[]): Requirements {
  return texts.map(readOne).reduce(
    (above, below) => ({
      approvalPolicies: above.approvalPolicies ?? below.approvalPolicies,
      approvalsReviewers: above.approvalsReviewers ?? below.approvalsReviewers,
      sandboxModes: above.sandboxModes ?? below.sandboxModes,
      features: new Map([...below.features, ...above.features]),
      unenforced: [...above.unenforced, ...below.unenforced],
    }),
    NO_REQUIREMENTS,
  );
}

function readOne({ file, text }: RequirementsText): Requirements {
  const layer = fileLayer(file, text);
  const parsed = RequirementsFile.safeParse(layer.table);
  if (!parsed.success) throw faultOf(layer, parsed.error.issues);
  const { data } = parsed;
  const from = <Value>(value: Value | undefined): Required<Value> | undefined =>
    value === undefined ? undefined : { value, file };
  const features = { ...data.feature_requirements, ...data.features };
  return {
    approvalPolicies: from(data.allowed_approval_policies),
    approvalsReviewers: from(data.allowed_approvals_reviewers),
    sandboxModes: from(data.allowed_sandbox_modes),
    features: new Map(Object.entries(features).map(([name, value]) => [name, { value, file }])),
    unenforced: Object.keys(layer.table)
      .filter((key) => !Object.hasOwn(RequirementsFile.shape, key))
      .map((key) => ({ value: [key], file })),
  };
}

function faultOf(layer: Layer, issues: readonly Parameters<typeof describeIssue>[0][]): Error {
  const [issue] = issues;
  if (issue === undefined) return new ConfigError(`${layer.label} cannot be used.`);
  const path = issue.path.map(String);
  const value = valueAt(layer.table, path);
  const range = rangeOf(layer.text, path);
  const what =
    Array.isArray(value) && value.length === 0 ? 'must not be empty' : describeIssue(issue, value);
  return new ConfigError(`${placeWords(layer.label, range)}: ${formatKeyPath(path)} ${what}.`, {
    file: layer.label,
    key: formatKeyPath(path),
    ...(range !== undefined && { range }),
  });
}
