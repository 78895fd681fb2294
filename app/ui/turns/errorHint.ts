import type { TurnError } from '../../../core/protocol/index.ts';

const CHECK_KEY =
  'Check the key of this provider in config.toml or OPENAI_API_KEY, then start Parley again.';

const SAY_IT_AGAIN = 'Send it again, or put it differently.';

/** The next step after a failed turn, from what kind of failure it was. */
export function errorHint(error: TurnError): string {
  const info = error.codexErrorInfo;
  if (info === null) return SAY_IT_AGAIN;
  if (typeof info === 'object') {
    return refusesKey(info)
      ? CHECK_KEY
      : 'Check the network and the provider’s address in config.toml, then send it again.';
  }
  switch (info) {
    case 'unauthorized':
      return CHECK_KEY;
    case 'usageLimitExceeded':
    case 'rateLimitExceeded':
      return 'This is a limit of your account, not a fault. Wait, or raise the limit.';
    case 'serverOverloaded':
    case 'internalServerError':
      return 'The provider has a problem. Send it again in a moment.';
    case 'contextWindowExceeded':
      return 'This conversation has grown too long for the model. Start a new one.';
    case 'modelNotFound':
      return 'Name a model your provider has in config.toml.';
    case 'badRequest':
    case 'cyberPolicy':
    case 'flexUnavailable':
    case 'inferenceHookDenied':
    case 'misalignmentPolicyViolation':
    case 'other':
    case 'policyCapacityUnavailable':
    case 'sandboxError':
    case 'sessionBudgetExceeded':
    case 'threadRollbackFailed':
    case 'tooManyDenials':
      return SAY_IT_AGAIN;
  }
}

/** Providers answer 401 or 403 to a key they do not take; the wire has that as a failed connection. */
function refusesKey(info: TurnError['codexErrorInfo']): boolean {
  if (typeof info !== 'object' || info === null || !('httpConnectionFailed' in info)) return false;
  const { httpStatusCode } = info.httpConnectionFailed;
  return httpStatusCode === 401 || httpStatusCode === 403;
}
